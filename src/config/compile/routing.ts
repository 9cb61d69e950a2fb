import { claimName } from '../collect.js'
import type { ActionList, Route } from '../config.js'
import { below, type Origin } from '../source.js'
import { compileBodyList } from './actions.js'
import type { PlacedClaim } from './claims.js'
import { type Context, follow, unknownName } from './context.js'
import type { NumberRow } from './csv.js'
import type { Sources } from './gather.js'
import { compileRoute, routeName } from './routes.js'

/** Compiles the routes, and the numbers that they and CSV files claim. */
export function compileRouting(
  sources: Sources,
  context: Context,
): { routes: Map<string, Route>; claims: PlacedClaim[] } {
  const routes = new Map<string, Route>()
  const origins = new Map<string, Origin>()
  const claims: PlacedClaim[] = []
  for (const item of sources.routes) {
    const name = routeName(item)
    claimName(
      'routes',
      name,
      item.value.name === undefined ? item.origin : below(item.origin, 'name'),
      origins,
      context.report,
    )
    const compiled = compileRoute(item, context)
    routes.set(compiled.route.name, compiled.route)
    claims.push(...compiled.claims)
  }
  const claimed = new Set(sources.routes.filter(({ value }) => value.to).map(routeName))
  for (const row of sources.tables.flatMap((table) => table.rows)) {
    const claim = claimOf(row, routes, context)
    if (claim) claims.push(claim)
    if (claim) claimed.add(claim.route)
  }
  for (const [name, origin] of origins) if (!claimed.has(name)) context.report.add(unclaimed(name), origin)
  return { routes, claims }
}

/** A row that names an endpoint gets a route that dials it. */
function claimOf(
  { claim, leadsTo, origin }: NumberRow,
  routes: Map<string, Route>,
  context: Context,
): PlacedClaim | undefined {
  const known = routes.has(claim.route)
  if (leadsTo === 'route' && !known)
    context.report.add(unknownName('route', claim.route, routes.keys()), origin)
  if (leadsTo === 'route') return known ? claim : undefined
  const name = `endpoint:${claim.route}`
  if (!routes.has(name))
    routes.set(name, {
      name,
      rules: [
        {
          name: undefined,
          conditions: [],
          actions: endpointActions(claim.route, name, origin, context),
        },
      ],
    })
  return { ...claim, route: name }
}

/** What a row that names an endpoint stands for: a dial of it, with the name checked where it stands. */
function endpointActions(endpoint: string, name: string, origin: Origin, context: Context): ActionList {
  if (!follow(context, 'endpoint', endpoint, origin)) return { id: name, actions: [] }
  return compileBodyList({ dial: [endpoint] }, name, origin, context)
}

function unclaimed(name: string) {
  return {
    code: 'route-unclaimed',
    message: `route ${name} claims no number, so no call reaches it`,
    expected: 'to, or a row of a numbersFrom file',
    found: name,
    cure: 'add to: with its numbers',
  } as const
}
