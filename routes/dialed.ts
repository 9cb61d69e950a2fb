import { parameter } from '../src/call/call.js'
import { hasCallerLeft, type OutcomeClass, outcomeOf } from '../src/call/outcome.js'
import { noteOutcome, takeLegs } from '../src/calls/call-record.js'
import { dialOf } from '../src/calls/decision-note.js'
import { advance, callerLeft } from '../src/decide.js'
import { BETWEEN_ENDPOINTS, readPlan } from '../src/dial/plan.js'
import { isForeign } from '../src/for-account.js'
import { FAILURES } from '../src/state/health.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { bestEffort } from './best-effort.js'
import { countHop } from './count-hop.js'
import { legKey } from './legs.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/dialed`: a `<Dial>` has ended. Without a plan the call is treated as one that comes in. */
export function dialed(service: Service): Decide {
  return function decideDialed(call, { params, query }, now) {
    const { active, book, limits, rung } = service
    const plan = readPlan(query)
    if (!plan && hasCallerLeft(params)) return callerLeft({ route: '', rule: '' })
    if (!plan) return service.decide(active.config, call, now, stateAt(service, now, call.callSid))
    const record = book.open(call.callSid, now)
    const isOwn = (endpoint: string) => !isForeign(active.config, call.accountSid, endpoint)
    const endpoints = plan.hop.split(BETWEEN_ENDPOINTS).filter(isOwn)
    const rang =
      rung.any(call.callSid, endpoints) || endpoints.some((endpoint) => record.rang.includes(endpoint))
    for (const endpoint of endpoints) limits.release(endpoint, call.callSid)
    const reported = outcomeOf(params, rang)
    const decision = advance(active.config, call, plan, reported, stateAt(service, now, call.callSid))
    const outcome = decision.outcome!
    const leg = parameter(params, 'DialCallSid') || `${plan.dial} ${plan.tried.length}`
    bestEffort(service, call.callSid, function noteOnce() {
      if (!service.outcomes.first(legKey(call.callSid, leg))) return
      for (const other of takeLegs(record)) service.outcomes.first(legKey(call.callSid, other))
      noteOutcome(record, plan.hop, outcome, now, reported.code)
      noteHealth(service, endpoints, { outcome, code: reported.code, at: saidAt(outcome, params, now) })
      countHop(service, record, { endpoints, outcome, goesOn: dialOf(decision) !== undefined }, now)
    })
    return decision
  }
}

interface Said {
  readonly outcome: OutcomeClass
  readonly code: number | undefined
  /** Epoch milliseconds. */
  readonly at: number
}

/** An answer is as old as the talk that followed it: `DialCallDuration` is in seconds. */
function saidAt(outcome: OutcomeClass, params: WebhookParameters, now: number): number {
  const seconds = parameter(params, 'DialCallDuration')
  return outcome === 'answered' && /^\d{1,6}$/.test(seconds) ? now - 1000 * Number(seconds) : now
}

/**
 * Of endpoints that rang at once Twilio tells one outcome: a failure is then one of all of them, and of any other
 * nobody knows whose it was (the one that answers says so by its callback).
 */
function noteHealth({ health, log }: Service, endpoints: readonly string[], said: Said): void {
  const { outcome, code, at } = said
  if (endpoints.length > 1 && !FAILURES.includes(outcome)) return
  for (const endpoint of endpoints) {
    if (!health.note(endpoint, outcome, at, code)) continue
    const { reason, until } = health.of(endpoint, at)
    log.warn({ endpoint, reason, until: new Date(until!).toISOString() }, `endpoint ${endpoint} is ejected`)
  }
}
