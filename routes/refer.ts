import { ANSWERS } from '../src/answer.js'
import type { Call } from '../src/call/call.js'
import { hasCallerLeft } from '../src/call/outcome.js'
import { readPlan } from '../src/dial/plan.js'
import type { Plan } from '../src/model/decision.js'
import { bestEffort } from './best-effort.js'
import { endpointsOf, noteHopEnd } from './dialed.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** `/refer`: the callee hands the call on by SIP REFER. */
export function refer(service: Service): Decide {
  return function decideRefer(call, { params, query, target }, now) {
    const plan = readPlan(query)
    if (plan && !hasCallerLeft(params)) {
      const leg = `${target} ${call.referred}`
      bestEffort(service, call.callSid, () => endReferring(service, call, { plan, leg }, now))
    }
    const state = stateAt(service, now, call.callSid)
    return ANSWERS.refer(service.active.config, call, { params, query }, now, state)
  }
}

/**
 * The hop whose callee refers the call has answered it, and is left with that: Twilio requests no `action` for it. Its
 * leg ends a little later, perhaps when the same endpoint rings for the target, and its callback may be lost.
 */
function endReferring(
  service: Service,
  call: Call,
  { plan, leg }: { readonly plan: Plan; readonly leg: string },
  now: number,
): void {
  const endpoints = endpointsOf(plan, call, service)
  for (const endpoint of endpoints) service.limits.release(endpoint, call.callSid)
  const record = service.book.open(call.callSid, now)
  const said = { outcome: 'answered', code: undefined, at: now, goesOn: false } as const
  noteHopEnd(service, record, { leg, hop: plan.hop, endpoints, ...said }, now)
}
