import type { CallRecord } from '../src/call/call-record.js'
import { BETWEEN_ENDPOINTS } from '../src/routing/plan.js'
import type { Service } from './service.js'

/** A leg as a progress callback tells of it. */
interface Leg {
  /** The CallSid of the call that it belongs to. */
  readonly parent: string
  /** Its own CallSid. */
  readonly callSid: string
  readonly endpoint: string
  /** `CallStatus`. */
  readonly state: string
}

/** Statuses after which a leg says nothing more. */
export const FINAL = ['completed', 'busy', 'failed', 'no-answer', 'canceled']

/** Callbacks come in any order and may be lost, so each is taken for no more than it says. */
export function noteLeg(service: Service, leg: Leg, now: number): void {
  const { health, limits, outcomes } = service
  const { parent, callSid, endpoint, state } = leg
  if (state === 'ringing' || state === 'in-progress') noteSign(service, leg, now)
  if (state === 'in-progress') health.note(endpoint, 'answered', now)
  // the end of a leg whose <Dial> has ended may come late, when the same endpoint rings again
  else if (FINAL.includes(state) && !outcomes.has(callSid)) limits.release(endpoint, parent)
}

/**
 * Notes that a leg rings or was answered. Some endpoints answer without ringing: the first of the two to come ends the
 * post-dial delay (RFC 6076 §4.3 has it end with the first provisional response). It is taken by the clock of this
 * replica, from the TwiML that dialled; Twilio's own `Timestamp` is to the second.
 */
function noteSign({ book, meters, active }: Service, { parent, endpoint, state }: Leg, now: number): void {
  const record = book.open(parent, now)
  const since = isNews(record, endpoint) ? dialledAt(record, endpoint) : undefined
  if (since !== undefined) meters.postDialDelay(active.config, endpoint, (now - since) / 1000)
  const seen = state === 'ringing' ? 'rang' : 'answered'
  if (!record[seen].includes(endpoint)) record[seen] = [...record[seen], endpoint]
}

function isNews({ rang, answered }: CallRecord, endpoint: string): boolean {
  return !rang.includes(endpoint) && !answered.includes(endpoint)
}

/** When the hop that waits for this endpoint was dialled; undefined where another replica did it. */
function dialledAt({ hops }: CallRecord, endpoint: string): number | undefined {
  return hops.findLast(
    ({ hop, outcome }) => outcome === undefined && hop.split(BETWEEN_ENDPOINTS).includes(endpoint),
  )?.since
}
