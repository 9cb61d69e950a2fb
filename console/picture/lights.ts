import type { FoundRoutes } from '../../routes/admin/routes.js'
import type { Graph } from './graph.js'
import { type Trace, tracer } from './trace.js'

/** What of a picture is lit. */
export interface Lights extends Pick<Trace, 'nodes' | 'edges' | 'hops'> {
  /** Rules that are not asked, or that do not fit. */
  readonly faint: ReadonlySet<string>
  /** By rule, the condition that is not met. */
  readonly failed: ReadonlyMap<string, string>
}

type OutlinedRule = FoundRoutes['configRules'][number]

/** The way of a call that comes now and meets no condition about its caller. */
export function lightsNow(found: FoundRoutes, graph: Graph): Lights {
  const faint = new Set<string>()
  const ways = found.routes.length === 0 ? [wayOf('', undefined)] : found.routes.map(wayOfRoute)
  const trace = tracer(graph)
  const traces = ways.map(trace)
  return { ...joined(traces), faint, failed: new Map() }

  function wayOfRoute(route: FoundRoutes['routes'][number]) {
    const first = fitting(found.configRules, '@@rules', false)
    const { name, override, rules } = route
    const second = fitting(rules, name, first !== undefined || override !== undefined)
    if (first) return wayOf('', first)
    return override ? wayOf(name, { rule: '', list: override.list }) : wayOf(name, second)
  }

  /** The first rule that every call of now fits; those after it, and those that no call fits, are faint. */
  function fitting(rules: readonly OutlinedRule[], owner: string, isDecided: boolean) {
    const fits = isDecided ? undefined : rules.find((rule) => rule.fits === 'yes')
    const reached = isDecided ? [] : fits ? rules.slice(0, rules.indexOf(fits) + 1) : rules
    for (const rule of rules)
      if (rule.fits === 'no' || !reached.includes(rule)) faint.add(`rule:${owner}/${rule.rule}`)
    return fits
  }

  function wayOf(route: string, rule: Pick<OutlinedRule, 'rule' | 'list'> | undefined) {
    const list = rule?.list ?? found.default
    const hop = firstHop(list)
    return { route, rule: rule?.rule ?? '', hops: hop === undefined ? [] : [{ hop }], isOver: false }
  }

  /** Those that are not up are tried last; if none is, the order is as it is written. */
  function firstHop(list: string): string | undefined {
    const hops = found.lists.find(({ id }) => id === list)?.dial?.hops ?? []
    const states = new Map(found.endpoints.map((one) => [one.name, one]))
    const isUp = (name: string) => (states.get(name)?.state ?? 'up') === 'up'
    return (hops.find(({ endpoints }) => endpoints.some(isUp)) ?? hops[0])?.name
  }
}

function joined(traces: readonly Trace[]): Trace {
  return {
    nodes: new Set(traces.flatMap(({ nodes }) => [...nodes])),
    edges: new Set(traces.flatMap(({ edges }) => [...edges])),
    hops: new Map(),
  }
}
