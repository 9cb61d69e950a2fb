import type { Service } from './service.js'

/**
 * A call is over for good: Twilio has said so by a final `CallStatus`. Its callbacks may overtake each other, so what
 * still comes of it takes no slot any more.
 */
export function callOver({ limits, rung }: Service, callSid: string): void {
  limits.end(callSid)
  rung.forget(callSid)
}
