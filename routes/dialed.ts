import { ANSWERS } from '../src/answer.js'
import { type Call, parameter } from '../src/call/call.js'
import { type OutcomeClass, outcomeOf } from '../src/call/outcome.js'
import { type CallRecord, noteOutcome, takeLegs } from '../src/calls/call-record.js'
import { dialStepIn } from '../src/dial/find-dial.js'
import { endpointsIn, readPlan } from '../src/dial/plan.js'
import { isForeign } from '../src/for-account.js'
import type { Decision, Plan } from '../src/model/decision.js'
import { FAILURES } from '../src/state/health.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { bestEffort } from './best-effort.js'
import { legKey } from './legs.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/dialed`: a `<Dial>` has ended. Without a plan the call is treated as one that comes in. */
export function dialed(service: Service): Decide {
  return function decideDialed(call, { params, query }, now) {
    const { active, book, limits, rung, progress } = service
    const plan = readPlan(query)
    if (!plan) return answer(false)
    const record = book.open(call.callSid, now)
    const endpoints = endpointsOf(plan, call, service)
    const rang =
      rung.any(call.callSid, endpoints) || endpoints.some((endpoint) => record.rang.includes(endpoint))
    for (const endpoint of endpoints) limits.release(endpoint, call.callSid)
    progress.end(call.callSid, endpoints)
    const decision = answer(rang)
    const { outcome } = decision
    if (outcome === undefined) return decision
    const { code } = outcomeOf(params, rang)
    const leg = parameter(params, 'DialCallSid') || `${plan.dial} ${plan.tried.length}`
    const said = { outcome, code, at: saidAt(outcome, params, now) }
    const goesOn = dialStepIn(decision.steps) !== undefined
    bestEffort(service, call.callSid, () =>
      noteHopEnd(service, record, { leg, hop: plan.hop, endpoints, goesOn, ...said }, now),
    )
    return decision

    function answer(rang: boolean): Decision {
      const state = stateAt(service, now, call.callSid)
      return ANSWERS.dialed(active.config, call, { params, query, rang }, now, state)
    }
  }
}

/** The endpoints that the hop of a plan rings, but those that only other accounts ring. */
export function endpointsOf({ hop }: Plan, { accountSid }: Call, { active }: Service): string[] {
  return endpointsIn(hop).filter((endpoint) => !isForeign(active.config, accountSid, endpoint))
}

/** A hop that has ended. */
interface EndedHop extends Said {
  /** Its key, by which a second report of the same hop is recognised. */
  readonly leg: string
  readonly hop: string
  readonly endpoints: readonly string[]
  /** Whether a next hop rings. */
  readonly goesOn: boolean
}

/** Notes in the record, in health and in metrics what came of a hop, once. */
export function noteHopEnd(service: Service, record: CallRecord, ended: EndedHop, now: number): void {
  const { leg, hop, endpoints, outcome, code } = ended
  const { callSid } = record
  if (!service.outcomes.first(legKey(callSid, leg))) return
  for (const other of takeLegs(record)) service.outcomes.first(legKey(callSid, other))
  noteOutcome(record, hop, outcome, now, code)
  noteHealth(service, callSid, endpoints, ended)
  countHop(service, record, ended, now)
}

interface Said {
  readonly outcome: OutcomeClass
  readonly code: number | undefined
  /** Epoch milliseconds. */
  readonly at: number
}

/** When the endpoint gave the outcome: it answered before the talk, which `DialCallDuration` has in seconds. */
function saidAt(outcome: OutcomeClass, params: WebhookParameters, now: number): number {
  const seconds = parameter(params, 'DialCallDuration')
  return outcome === 'answered' && /^\d{1,6}$/.test(seconds) ? now - 1000 * Number(seconds) : now
}

/**
 * For endpoints that rang at once Twilio gives one outcome. A failure is a failure of all of them; whose any other
 * outcome was is not known (the one that answers says so by its callback).
 */
function noteHealth(
  { health, log }: Service,
  callSid: string,
  endpoints: readonly string[],
  said: Said,
): void {
  const { outcome, code, at } = said
  const isUnclear = endpoints.length > 1 && !FAILURES.includes(outcome)
  for (const endpoint of endpoints) {
    const wasTrial = health.endTrial(endpoint, callSid)
    if (isUnclear || !health.note(endpoint, outcome, at, code, wasTrial)) continue
    const { reason, until } = health.of(endpoint, at)
    log.warn({ endpoint, reason, until: new Date(until!).toISOString() }, `endpoint ${endpoint} is ejected`)
  }
}

/**
 * Counts a hop at each of its endpoints. Of several that rang at once Twilio tells one outcome: if a callback said who
 * answered, the others count as canceled.
 */
function countHop(service: Service, { callSid, answered }: CallRecord, ended: EndedHop, now: number): void {
  const { meters, history, active } = service
  const { endpoints, outcome, code, goesOn } = ended
  const knowsWho = outcome === 'answered' && endpoints.some((endpoint) => answered.includes(endpoint))
  for (const endpoint of endpoints) {
    const own = knowsWho && !answered.includes(endpoint) ? 'canceled' : outcome
    meters.hop(active.config, endpoint, own, now)
    history.note(endpoint, { at: now, callSid, outcome: own, code: own === outcome ? code : undefined })
    if (goesOn) meters.failover(active.config, endpoint)
  }
}
