import { noteOutcome } from '../src/call/call-book.js'
import { outcomeOf } from '../src/call/outcome.js'
import { advance } from '../src/routing/advance.js'
import { dialOf } from '../src/routing/note-of.js'
import { BETWEEN_ENDPOINTS, type Plan, readPlan } from '../src/routing/plan.js'
import { countHop } from './count-hop.js'
import type { Service } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/dialed`: a `<Dial>` has ended. Without a plan the call is treated as one that comes in. */
export function dialed(service: Service): Decide {
  return function decideDialed(call, { params, query }, now) {
    const plan = readPlan(query)
    if (!plan) return service.decide(service.active.config, call, now, service.health.at(now))
    const record = service.book.open(call.callSid, now)
    const endpoints = plan.hop.split(BETWEEN_ENDPOINTS)
    const rang = endpoints.some((endpoint) => record.rang.has(endpoint))
    const reported = outcomeOf(params, rang)
    const decision = advance(service.active.config, call, plan, reported, service.health.at(now))
    const outcome = decision.outcome!
    noteOutcome(record, plan.hop, outcome, now, reported.code)
    noteHealth(service, plan, outcome, now)
    countHop(service, record, { endpoints, outcome, goesOn: dialOf(decision) !== undefined }, now)
    return decision
  }
}

type OutcomeClass = Parameters<Service['health']['note']>[1]

/** Of endpoints that rang at once Twilio tells one outcome; a failure is then a failure of all of them. */
function noteHealth({ health, log }: Service, { hop }: Plan, outcome: OutcomeClass, now: number): void {
  for (const endpoint of hop.split(BETWEEN_ENDPOINTS)) {
    if (health.note(endpoint, outcome, now))
      log.warn({ endpoint, ...health.of(endpoint, now) }, `endpoint ${endpoint} is ejected`)
  }
}
