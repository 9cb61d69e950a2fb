import type { Call } from '../src/call/call.js'
import { hasCallerLeft } from '../src/call/outcome.js'
import type { Attributes } from '../src/model/config.js'
import type { Step } from '../src/model/decision.js'
import type { Service } from './service.js'

/** Twilio's own limits where the dial sets none ("TwiML <Dial>"): it rings 30 s, always 5 more, and talks 4 hours. */
const TIMEOUT = 30
const TIME_LIMIT = 14_400

/** Seconds in which the callback at the end of a call may still come: Twilio adds 5 to every timeout. */
const SLACK = 60

/** Counts a call at every endpoint that it is about to ring, unless the caller has left: then Twilio rings nobody. */
export function countConcurrentCalls(
  service: Service,
  { callSid, params }: Call,
  steps: readonly Step[],
  now: number,
): void {
  if (hasCallerLeft(params)) {
    callOver(service, callSid)
    return
  }
  for (const step of steps) {
    if (!('hop' in step)) continue
    const { attributes } = step.hop
    const expires = now + 1000 * longest(attributes)
    for (const { endpoint } of step.targets) {
      service.limits.take(endpoint.name, callSid, expires, now)
      service.health.beginTrial(endpoint.name, callSid, now + 1000 * ringingTime(attributes), now)
    }
  }
}

/** Twilio adds 5 s to every timeout, and its request takes its time. */
const TRIAL_SLACK = 10

/** The seconds after which a dial is over in any case. */
function longest({ timeout, timeLimit }: Attributes): number {
  return Number(timeout ?? TIMEOUT) + Number(timeLimit ?? TIME_LIMIT) + SLACK
}

/** The seconds after which it is known whether an endpoint answers, or the outcome was lost. */
function ringingTime({ timeout }: Attributes): number {
  return Number(timeout ?? TIMEOUT) + TRIAL_SLACK
}

/**
 * A call is over for good: Twilio has said so by a final `CallStatus`. Its callbacks may overtake each other, so what
 * still comes of it takes no slot any more.
 */
export function callOver({ limits, rung, progress }: Service, callSid: string): void {
  limits.end(callSid)
  progress.end(callSid)
  rung.forget(callSid)
}
