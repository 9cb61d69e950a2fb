import type { DialAction, Endpoint, Hop } from '../model/config.js'
import type { DialStep, Target } from '../model/decision.js'
import { type Progress, reachedIn } from '../routing/progress.js'
import { CALLER_ID } from '../sip/caller-id.js'
import { fillSipUri } from '../sip/fill-uri.js'
import { fillTemplate } from '../template/fill.js'
import { fingerprintOf } from './fingerprint.js'
import { byHealth, type HopCandidate, isWhollyUp } from './order.js'
import { calledOf, type Plan } from './plan.js'

/**
 * The first of the hops that can ring now, with the others as its plan; undefined when there is none. Whoever was
 * reached before, is full, or has a URI too long for Twilio is passed over, and noted.
 */
export function dialFirst(dial: DialAction, hops: readonly Hop[], progress: Progress): DialStep | undefined {
  const open = withoutReached(hops, progress)
  const candidates = byHealth(open, progress.state)
  noteFull(open, candidates, progress)
  for (let at = 0; at < candidates.length; at += 1) {
    const { hop, endpoints, standing } = candidates[at]!
    const targets = targetsOf(endpoints, progress)
    if (targets.length === 0) continue
    const plan = planFrom(dial, candidates, at, progress)
    const notUp = notUpOf(candidates.slice(at), progress)
    return { verb: 'dial', hop, targets, callerId: callerId(hop, progress), standing, notUp, plan }
  }
  return undefined
}

function notUpOf(candidates: readonly HopCandidate[], { state }: Progress): DialStep['notUp'] {
  if (candidates.every(isWhollyUp)) return undefined
  const names = candidates.flatMap(({ hop }) => hop.endpoints.map(({ name }) => name))
  const standings = names.map((name) => [name, state.standing(name)] as const)
  return Object.fromEntries(standings.filter(([, standing]) => standing !== 'up'))
}

/** The plan with which most calls of a dial begin: as its hops are written. Kept, since it is the same for all of them. */
const firstPlans = new WeakMap<DialAction, Plan>()

function planFrom(
  dial: DialAction,
  candidates: readonly HopCandidate[],
  at: number,
  progress: Progress,
): Plan {
  const { route, rule, tried, call } = progress
  const kept = firstPlans.get(dial)
  const first = at === 0 && tried.length === 0 && call.called === undefined
  if (first && kept?.route === route && kept.rule === rule && isInOrder(kept, candidates)) return kept
  const next = candidates.slice(at + 1).map((candidate) => candidate.hop.name)
  const hop = candidates[at]!.hop.name
  const plan = { dial: dial.id, mark: fingerprintOf(dial), hop, next, tried, route, rule, ...calledOf(call) }
  if (first) firstPlans.set(dial, Object.freeze(plan))
  return plan
}

function isInOrder({ hop, next }: Plan, candidates: readonly HopCandidate[]): boolean {
  if (candidates.length !== next.length + 1) return false
  return candidates.every((candidate, at) => candidate.hop.name === (at === 0 ? hop : next[at - 1]))
}

/** Drops endpoints that were reached already; a hop that keeps some of its endpoints still rings those. */
function withoutReached(hops: readonly Hop[], progress: Progress): readonly Hop[] {
  if (progress.tried.length === 0) return hops
  const reached = reachedIn(progress)
  return hops.flatMap((hop) => {
    if (!hop.endpoints.some(reached)) return hop
    const endpoints = hop.endpoints.filter((endpoint) => !reached(endpoint))
    if (endpoints.length > 0) return { ...hop, endpoints }
    progress.passedOver.push({ hop: hop.name, why: 'was reached already in this call' })
    return []
  })
}

function noteFull(hops: readonly Hop[], candidates: readonly HopCandidate[], { passedOver }: Progress): void {
  if (candidates.length === hops.length) return
  for (const hop of hops) {
    if (!candidates.some((candidate) => candidate.hop === hop))
      passedOver.push({ hop: hop.name, why: 'is full' })
  }
}

function targetsOf(endpoints: readonly Endpoint[], progress: Progress): Target[] {
  const targets: Target[] = []
  for (const endpoint of endpoints) {
    const found = target(endpoint, progress)
    if (found) targets.push(found)
  }
  return targets
}

function target(endpoint: Endpoint, { values, warnings, passedOver }: Progress): Target | undefined {
  const { uri, number } = endpoint
  if (!uri) return { endpoint, address: number! }
  const filled = fillSipUri(uri, values)
  if ('unfit' in filled) {
    passedOver.push({ hop: endpoint.name, why: filled.unfit })
    warnings.push(`${endpoint.name}: ${filled.unfit}`)
    return undefined
  }
  for (const name of filled.dropped)
    warnings.push(
      `${endpoint.name}: header ${name} is left out, the headers would have 1024 characters or more`,
    )
  return { endpoint, address: filled.text }
}

/** A caller id that Twilio would refuse is left out: the call goes on with the caller's own. */
function callerId(hop: Hop, { values, warnings }: Progress): string | undefined {
  if (!hop.callerId) return undefined
  const filled = fillTemplate(hop.callerId, values, (value) => value)
  if (CALLER_ID.test(filled)) return filled
  warnings.push(
    `${hop.name}: caller id ${JSON.stringify(filled)} is left out, it may hold letters, digits and +-_. only`,
  )
  return undefined
}
