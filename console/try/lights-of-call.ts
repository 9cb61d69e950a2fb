import type { Explanation } from '../../src/explain/explanation.js'
import type { Graph } from '../picture/graph.js'
import type { Lights } from '../picture/lights.js'
import { tracer } from '../picture/trace.js'

/** The way of one call, and why not another. */
export function lightsOf(explanation: Explanation, graph: Graph): Lights {
  const { route, rule, steps, configRules = [], rules } = explanation
  const hops = steps.flatMap(({ hop }) =>
    hop ? [{ hop: hop.name, outcome: hop.outcome, code: hop.code }] : [],
  )
  const trace = tracer(graph)({ route, rule, hops, isOver: true })
  const asked = [
    ...configRules.map((one) => ({ ...one, id: `rule:@@rules/${one.rule}` })),
    ...rules.map((one) => ({ ...one, id: `rule:${route}/${one.rule}` })),
  ]
  return {
    ...trace,
    faint: new Set(asked.filter(({ verdict }) => verdict !== 'fits').map(({ id }) => id)),
    failed: new Map(asked.flatMap(({ id, failed }) => (failed ? [[id, failed.condition] as const] : []))),
  }
}
