import type { Call } from '../call/call.js'
import type { DialEntry, Endpoint, Hop, Split } from '../model/config.js'
import type { Standing, State } from '../model/state.js'
import { rendezvous } from './rendezvous.js'

/** A hop with the endpoints of it that may ring, and how it stands. */
export interface HopCandidate {
  readonly hop: Hop
  readonly endpoints: readonly Endpoint[]
  readonly standing: Standing
}

/** The hops of a dial as written, each split put in the order of this call. */
export function hopsOf(steps: readonly DialEntry[], call: Call): Hop[] {
  const hops: Hop[] = []
  for (const step of steps) {
    if ('hop' in step) hops.push(step.hop)
    else hops.push(...hopsOfSplit(step, call))
  }
  return hops
}

function hopsOfSplit({ by, choices }: Split, call: Call): Hop[] {
  const key = by === 'caller' ? call.from.text : call.callSid
  return rendezvous(key, choices).flatMap((choice) => choice.hops)
}

/**
 * The order in which hops are tried: those that are up, then ejected, then drained ones; a full one is skipped.
 * If none is up the order is as written, since a guess beats a dropped call.
 */
export function byHealth(hops: readonly Hop[], state: State): HopCandidate[] {
  const all = hops.map((hop) => candidate(hop, state))
  if (all.every(({ standing }) => standing === 'up')) return all
  const candidates = all.filter(({ standing }) => standing !== 'full')
  if (!candidates.some(({ standing }) => standing === 'up')) return candidates
  return RANKS.flatMap((rank) => candidates.filter(({ standing }) => standing === rank))
}

/** Whether all endpoints of a hop are up, not only those of it that may ring. */
export function isWhollyUp({ hop, endpoints, standing }: HopCandidate): boolean {
  return standing === 'up' && endpoints.length === hop.endpoints.length
}

const RANKS: readonly Standing[] = ['up', 'ejected', 'drained']

/** Of several endpoints that would ring at once, only the best standing ones do. */
function candidate(hop: Hop, state: State): HopCandidate {
  const { endpoints } = hop
  if (endpoints.length === 1) return { hop, endpoints, standing: state.standing(endpoints[0]!.name) }
  const standings = endpoints.map((endpoint) => state.standing(endpoint.name))
  const standing = [...RANKS, 'full' as const].find((rank) => standings.includes(rank))!
  return { hop, standing, endpoints: endpoints.filter((_endpoint, at) => standings[at] === standing) }
}
