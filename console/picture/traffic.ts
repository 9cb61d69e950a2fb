import type { RecentCall } from '../../src/calls/recent-call.js'
import type { Graph } from './graph.js'
import { tracer } from './trace.js'

/** How many of the last calls came by each box and edge. */
export interface Traffic {
  readonly of: number
  readonly nodes: ReadonlyMap<string, number>
  readonly edges: ReadonlyMap<string, number>
}

/** Counts calls on their ways through a picture. */
export function trafficOf(calls: readonly RecentCall[], graph: Graph): Traffic {
  const trace = tracer(graph)
  const [nodes, edges] = [new Map<string, number>(), new Map<string, number>()]
  for (const { route, rule, hops, outcome } of calls) {
    const way = trace({ route, rule, hops, isOver: outcome !== undefined })
    for (const id of way.nodes) nodes.set(id, (nodes.get(id) ?? 0) + 1)
    for (const id of way.edges) edges.set(id, (edges.get(id) ?? 0) + 1)
  }
  return { of: calls.length, nodes, edges }
}
