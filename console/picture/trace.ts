import { edgesFrom, type Graph, type PictureEdge } from './graph.js'

/** A hop that a call tried. */
export interface TracedHop {
  readonly hop: string
  /** Undefined while it rings. */
  readonly outcome?: string | undefined
  readonly code?: number | undefined
}

/** A call as a way through the picture. */
export interface Way {
  /** Empty when none claims the number, and when a rule of the config fits. */
  readonly route: string
  /** Empty when none fits, and for a route without rules. */
  readonly rule: string
  readonly hops: readonly TracedHop[]
  /** Whether it goes no further. */
  readonly isOver: boolean
}

/** Where a call came by. */
export interface Trace {
  readonly nodes: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
  /** The hops by their box. */
  readonly hops: ReadonlyMap<string, readonly TracedHop[]>
}

/** Follows calls through a graph. */
export type Tracer = (way: Way) => Trace

/** Makes a function that finds the boxes and edges of a call. */
export function tracer({ nodes, edges }: Graph): Tracer {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const out = edgesFrom({ edges })
  const hopsOf = new Map(nodes.map(({ id, rungs = [] }) => [id, new Set(rungs.map(({ hop }) => hop))]))

  return function trace({ route, rule, hops, isOver }) {
    const found = { nodes: new Set<string>(), edges: new Set<string>(), hops: new Map<string, TracedHop[]>() }
    let at = ''
    at = begin()
    const decided = at
    for (const hop of hops) {
      const isItsBox = (id: string) => hopsOf.get(id)!.has(hop.hop)
      if (!hopsOf.get(at)?.has(hop.hop)) follow(isItsBox)
      // an endpoint that is not up is tried last: nothing leads back to it
      const box = hopsOf.get(at)?.has(hop.hop) ? at : reach(decided, isItsBox)?.at(-1)?.to
      if (box === undefined) continue
      found.nodes.add(box)
      found.hops.set(box, [...(found.hops.get(box) ?? []), hop])
    }
    const last = hops.at(-1)
    if (!last) follow((id) => byId.get(id)!.kind === 'actions')
    else if (isOver && last.outcome !== 'answered' && last.outcome !== 'canceled') follow(isAfter(at), true)
    return found

    /** From the number to the rule that decides. */
    function begin(): string {
      const ruleId = `rule:${route || '@@rules'}/${rule}`
      const decided = byId.has(ruleId) ? ruleId : `route:${route}`
      const first = nodes.find(
        ({ kind, id }) => kind === 'number' && (reach(id, (one) => one === decided) || route === ''),
      )
      if (!first) return decided
      found.nodes.add(first.id)
      at = first.id
      if (byId.has(decided)) follow((id) => id === decided)
      return at
    }

    /** What follows when no hop takes the call. */
    function isAfter(dial: string) {
      const after = out.get(dial)?.find(({ label }) => label === 'otherwise')?.to
      return (id: string) => id === after
    }

    /** Goes on to the nearest box that is looked for; boxes of dials on the way were not rung. */
    function follow(isLookedFor: (id: string) => boolean, isOtherwise = false): void {
      const way = reach(at, isLookedFor, isOtherwise)
      if (!way) return
      for (const { id, to } of way) {
        found.edges.add(id)
        if (byId.get(to)!.kind !== 'dial') found.nodes.add(to)
        at = to
      }
      found.nodes.add(at)
    }
  }

  /** The shortest way to a box, by no rule but one that is looked for. */
  function reach(
    from: string,
    isLookedFor: (id: string) => boolean,
    isOtherwise = false,
  ): PictureEdge[] | undefined {
    const ways: PictureEdge[][] = [[]]
    const seen = new Set([from])
    for (const way of ways) {
      for (const edge of out.get(way.at(-1)?.to ?? from) ?? []) {
        if (seen.has(edge.to) || (isOtherwise && way.length === 0 && edge.label !== 'otherwise')) continue
        if (isLookedFor(edge.to)) return [...way, edge]
        if (byId.get(edge.to)!.kind === 'rule') continue
        seen.add(edge.to)
        ways.push([...way, edge])
      }
    }
    return undefined
  }
}
