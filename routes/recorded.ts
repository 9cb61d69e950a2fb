import { parameter } from '../src/call/call.js'
import { hasCallerLeft } from '../src/call/outcome.js'
import { callerLeft, resume } from '../src/decide.js'
import { readResume } from '../src/dial/plan.js'
import { type Service, stateAt } from './service.js'
import type { Decide } from './twiml-answer.js'

/** What Twilio says in place of the key that ended a recording ("TwiML <Record>", Digits). */
const HUNG_UP = 'hangup'

/** `/recorded`: a `<Record>` has ended; the actions after it go on, if somebody is still there. */
export function recorded(service: Service): Decide {
  return function decideRecorded(call, { params, query }, now) {
    const from = readResume(query)
    if (hasCallerLeft(params) || parameter(params, 'Digits') === HUNG_UP) return callerLeft(from)
    return resume(service.active.config, call, from, stateAt(service, now, call.callSid))
  }
}
