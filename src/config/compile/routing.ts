import { compileBodyList } from '../../actions/compile-actions.js'
import { compileConditions, coverAll } from '../../conditions/table.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import { follow } from '../../model/compile-context.js'
import type { ActionList, Route, Rule } from '../../model/config.js'
import type { RouteSource, RuleSource } from '../schema/route.js'
import { lineText } from '../source-file.js'
import { checkName } from '../validated.js'
import { accountsOf } from './accounts.js'
import type { ConfigContext } from './build-context.js'
import { type RouteClaims, readClaims } from './claims.js'
import type { NumberRow, NumberTable } from './csv.js'
import { claimName, duplicateName, type Sources } from './gather.js'

/** The routes of a config with the numbers that they claim, while they are compiled. */
export interface Routing extends RouteClaims {
  readonly routes: Map<string, Route>
  /** Names of routes that no number leads to. */
  readonly unclaimed: Set<string>
  readonly places: RouteNumbering
}

/** Compiles the routes, and the numbers that they and CSV files claim. */
export function compileRouting(sources: Sources, context: ConfigContext): Routing {
  const routing: Routing = {
    routes: new Map(),
    claims: [],
    owners: [],
    unclaimed: new Set(),
    places: new RouteNumbering(),
  }
  for (const item of sources.routes) addRoute(item, routing, context)
  for (const table of sources.tables) addRows(table, routing, context)
  for (const name of routing.unclaimed) context.report.add(noClaim(name), routing.places.of(name))
  return routing
}

function addRoute(item: Item<RouteSource>, routing: Routing, context: ConfigContext): void {
  const { routes, claims, owners, unclaimed, places } = routing
  const { value, origin } = item
  const name = routeName(item)
  const place = value.name === undefined ? origin : below(origin, 'name')
  const isFirst = !routes.has(name)
  if (isFirst) places.add(name, place)
  else context.report.add(duplicateName('routes', name), place, 'value', places.of(name))
  if (value.to) {
    const owner = owners.push({ route: name, values: undefined }) - 1
    for (const claim of readClaims(owner, value.to, below(origin, 'to'), context)) claims.push(claim)
    unclaimed.delete(name)
  } else if (isFirst) unclaimed.add(name)
  routes.set(name, compileRoute(item, name, context))
}

function addRows({ rows, origin }: NumberTable, routing: Routing, context: ConfigContext): void {
  const { claims, owners, unclaimed } = routing
  const shared = new Map<string, number>()
  for (const row of rows) {
    const { pattern, values, line } = row
    const route = routeOf(row, origin, routing, context)
    if (route === undefined) continue
    const owner = values ? owners.push({ route, values }) - 1 : sharedBy(route)
    claims.push({ pattern, owner, within: below(origin, line), at: pattern.text })
    unclaimed.delete(route)
  }

  /** Where a table has no values for templates, all numbers of a route lead to the same. */
  function sharedBy(route: string): number {
    const owner = shared.get(route) ?? owners.push({ route, values: {} }) - 1
    shared.set(route, owner)
    return owner
  }
}

/** The name of the route that a row leads to. A row that names an endpoint gets a route that dials it. */
function routeOf(
  { leadsTo, name, line }: NumberRow,
  table: Origin,
  { routes }: Routing,
  context: ConfigContext,
): string | undefined {
  const origin = below(table, line, name)
  if (leadsTo === 'route') {
    if (routes.has(name)) return name
    reportUnknown('route', name, routes, context.report, origin)
    return undefined
  }
  const route = `endpoint:${name}`
  if (!routes.has(route)) {
    const actions = endpointActions(name, route, origin, context)
    routes.set(route, {
      name: route,
      accounts: context.ownAccounts(),
      rules: [always(actions)],
    })
  }
  return route
}

/** What a row that names an endpoint means: a dial of it, with the name checked where it is. */
function endpointActions(endpoint: string, name: string, origin: Origin, context: ConfigContext): ActionList {
  if (!follow(context, 'endpoint', endpoint, origin)) return { id: name, actions: [] }
  return compileBodyList({ dial: [endpoint] }, name, origin, context)
}

function noClaim(name: string) {
  return {
    code: 'route-unclaimed',
    message: `route ${name} claims no number, so no call reaches it`,
    expected: 'to, or a row of a numbersFrom file',
    found: name,
    help: 'add to: with its numbers',
  } as const
}

/** What a route is called: its name, or the first number that it claims. */
function routeName({ value, origin }: Item<RouteSource>): string {
  return value.name ?? value.to?.[0] ?? `route-${Number(origin.path.at(-1)) + 1}`
}

function compileRoute({ value, origin }: Item<RouteSource>, name: string, context: ConfigContext): Route {
  if (value.name !== undefined) checkName(value.name, below(origin, 'name'), context.report)
  const rules = value.rules
    ? rulesOf(name, value, origin, context)
    : [always(compileBodyList(value, name, origin, context))]
  return { name, accounts: accountsOf(value, origin, context), rules, place: lineText(origin) }
}

const NO_CONDITIONS: Rule['conditions'] = []

/** A route's one action of its own is a rule without conditions. */
function always(actions: ActionList): Rule {
  return { name: undefined, conditions: NO_CONDITIONS, actions }
}

function rulesOf(
  route: string,
  { rules = [], name: _, to: __, account: ___, ...body }: RouteSource,
  origin: Origin,
  context: ConfigContext,
): Rule[] {
  for (const key of Object.keys(body)) {
    if (body[key] !== undefined) context.report.add(keyNextToRules(key), below(origin, key), 'key')
  }
  const placed = rules.flatMap((value, at) =>
    value ? [{ value, at, origin: below(origin, 'rules', at) }] : [],
  )
  return compileRules(placed, route, context)
}

function keyNextToRules(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} is next to rules; a route has either one action of its own or rules`,
    expected: 'rules alone, or one action',
    found: key,
    help: `move ${key} into a rule; a rule without if fits every call`,
  }
}

/** Where the routes are, each name once. The map by name is made only when there is an error. */
class RouteNumbering {
  readonly #names: string[] = []
  readonly #origins: Origin[] = []
  readonly #byName = new Map<string, Origin>()

  add(name: string, origin: Origin): void {
    this.#names.push(name)
    this.#origins.push(origin)
  }

  of(name: string): Origin {
    for (let at = this.#byName.size; at < this.#names.length; at += 1)
      this.#byName.set(this.#names[at]!, this.#origins[at]!)
    return this.#byName.get(name)!
  }
}

/** A rule and its place in the list, from 0: rules of a wrong shape are left out. */
interface PlacedRule extends Item<RuleSource> {
  readonly at: number
}

/** Compiles a list of rules. Their action lists have ids such as `berlin/2`, where `berlin` is `owner`. */
export function compileRules(placed: readonly PlacedRule[], owner: string, context: ConfigContext): Rule[] {
  const names = new Map<string, Origin>()
  for (const rule of placed)
    claimName('rules', ruleName(rule), below(rule.origin, 'name'), names, context.report)
  const rules = placed.map((rule) => compileRule(rule, owner, context))
  warnOfUnreachable(rules, placed, context)
  return rules
}

function compileRule(placed: PlacedRule, owner: string, context: ConfigContext): Rule {
  const { origin } = placed
  const { name: _, if: conditions = {}, ...body } = placed.value
  const name = ruleName(placed)
  checkName(name, below(origin, 'name'), context.report)
  return {
    name,
    conditions: compileConditions(conditions, below(origin, 'if'), context),
    actions: compileBodyList(body, `${owner}/${name}`, origin, context),
    place: lineText(origin),
  }
}

/** A rule's own name, or its place from 1. */
function ruleName({ value, at }: PlacedRule): string {
  return value.name ?? String(at + 1)
}

/**
 * Warns of rules that no call can reach, because an earlier rule fits every call that they fit. Each is compared with
 * all before it, as far as that takes no more than seconds.
 */
function warnOfUnreachable(
  rules: readonly Rule[],
  placed: readonly PlacedRule[],
  { report }: ConfigContext,
): void {
  for (const [at, rule] of rules.entries()) {
    if (!report.affords(at)) return
    const earlier = rules
      .slice(0, at)
      .findIndex(({ conditions }) => coverAll(conditions, rule.conditions, (steps) => report.affords(steps)))
    if (earlier >= 0)
      report.add(unreachable(rules[earlier]!, earlier), placed[at]!.origin, 'value', placed[earlier]!.origin)
  }
}

function unreachable({ name }: Rule, at: number): Problem {
  const which = name === String(at + 1) ? `rule ${at + 1}` : `rule ${name}`
  return {
    code: 'rule-unreachable',
    message: `no call gets here: ${which} fits every call that this rule fits`,
    expected: 'a rule that some call reaches',
    help: `move it above ${which}, or remove it`,
  }
}
