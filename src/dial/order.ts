import { createHash } from 'node:crypto'
import type { Call } from '../call/call.js'
import { REACHED_CLASSES } from '../call/outcome.js'
import type { DialEntry, Endpoint, Hop, Split } from '../model/config.js'
import type { Frame, PassedOver } from '../model/decision.js'
import type { Standing, State } from '../model/state.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { addressOf } from '../sip/uri.js'
import { endpointsIn } from './plan.js'

/** A hop, those of its endpoints that may ring, and its standing. */
export interface HopCandidate {
  readonly hop: Hop
  readonly endpoints: readonly Endpoint[]
  readonly standing: Standing
}

/** The hops that may ring, in the order in which they are tried, and those that may not. */
export interface HopOrder {
  readonly candidates: readonly HopCandidate[]
  readonly passedOver: readonly PassedOver[]
}

/** The hops of a dial as written, each split put in the order of this call. */
export function hopsForCall(entries: readonly DialEntry[], call: Call): Hop[] {
  const hops: Hop[] = []
  for (const entry of entries) {
    if ('hop' in entry) hops.push(entry.hop)
    else hops.push(...hopsOfSplit(entry, call))
  }
  return hops
}

/** Puts hops in order. An endpoint that was reached before in this call, or is full, is passed over. */
export function orderOf(hops: readonly Hop[], frame: Frame): HopOrder {
  const { open, passedOver } = withoutReached(hops, frame)
  const candidates = byHealth(open, frame.state)
  if (candidates.length === open.length) return { candidates, passedOver }
  const full = open.filter((hop) => !candidates.some((one) => one.hop === hop))
  return {
    candidates,
    passedOver: [...passedOver, ...full.map(({ name }) => ({ hop: name, why: 'is full' }))],
  }
}

/** The standing of those endpoints that are not up; undefined when all are. */
export function notUpOf(
  candidates: readonly HopCandidate[],
  state: State,
): Readonly<Record<string, Standing>> | undefined {
  if (candidates.every(isWhollyUp)) return undefined
  const names = candidates.flatMap(({ hop }) => hop.endpoints.map(({ name }) => name))
  const standings = names.map((name) => [name, state.standing(name)] as const)
  return Object.fromEntries(standings.filter(([, standing]) => standing !== 'up'))
}

/** Whether all endpoints of a hop are up, not only those of it that may ring. */
function isWhollyUp({ hop, endpoints, standing }: HopCandidate): boolean {
  return standing === 'up' && endpoints.length === hop.endpoints.length
}

function hopsOfSplit({ by, choices }: Split, call: Call): Hop[] {
  const key = by === 'caller' ? call.from.text : call.callSid
  return rendezvous(key, choices).flatMap((choice) => choice.hops)
}

/**
 * Names by weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker
 * 2005): the same key gives the same order on every replica and every try, the first places fall in proportion to
 * the weights, and taking a name away moves only the keys for which it was first.
 */
function rendezvous<T extends { readonly name: string; readonly weight: number }>(
  key: string,
  choices: readonly T[],
): T[] {
  return choices
    .map((choice) => ({ choice, score: score(key, choice) }))
    .sort((a, b) => b.score - a.score)
    .map(({ choice }) => choice)
}

function score(key: string, { name, weight }: { name: string; weight: number }): number {
  const hash = createHash('sha1').update(`${key}\0${name}`).digest()
  // 48 bits as a fraction strictly between 0 and 1
  const fraction = (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48
  return -weight / Math.log(fraction)
}

interface Unreached {
  readonly open: readonly Hop[]
  readonly passedOver: readonly PassedOver[]
}

/** Drops endpoints that were reached already; a hop that keeps some of its endpoints still rings those. */
function withoutReached(hops: readonly Hop[], frame: Frame): Unreached {
  if (frame.tried.length === 0) return { open: hops, passedOver: NOTHING_PASSED_OVER }
  const reached = reachedIn(frame)
  const passedOver: PassedOver[] = []
  const open = hops.flatMap((hop) => {
    if (!hop.endpoints.some(reached)) return hop
    const endpoints = hop.endpoints.filter((endpoint) => !reached(endpoint))
    if (endpoints.length > 0) return { ...hop, endpoints }
    passedOver.push({ hop: hop.name, why: 'was reached already in this call' })
    return []
  })
  return { open, passedOver }
}

const NOTHING_PASSED_OVER: readonly PassedOver[] = []

/**
 * Says of an endpoint whether it was reached in this call already: it answered, was busy or declined, under this or
 * another name for the same address. Such an endpoint is never rung again.
 */
function reachedIn({ config, tried }: Frame): (endpoint: Endpoint) => boolean {
  const names = tried
    .filter(({ outcome }) => REACHED_CLASSES.includes(outcome))
    .flatMap(({ hop }) => endpointsIn(hop))
  if (names.length === 0) return () => false
  const addresses = new Set(names.map((name) => config.endpoints.get(name)?.address ?? bareAddress(name)))
  return ({ name, address }) => names.includes(name) || addresses.has(address)
}

/** The address of a bare SIP URI, which is its own name; a name that is gone from the config has none. */
function bareAddress(name: string): string | undefined {
  const { value } = parseSipUri(name, () => true)
  return value && addressOf(value)
}

/**
 * The order in which hops are tried: those that are up, then ejected, then drained ones; a full one is skipped.
 * If none is up the order is as written, since a guess is better than a dropped call.
 */
function byHealth(hops: readonly Hop[], state: State): HopCandidate[] {
  const all = hops.map((hop) => candidate(hop, state))
  if (all.every(({ standing }) => standing === 'up')) return all
  const candidates = all.filter(({ standing }) => standing !== 'full')
  if (!candidates.some(({ standing }) => standing === 'up')) return candidates
  return RANKS.flatMap((rank) => candidates.filter(({ standing }) => standing === rank))
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
