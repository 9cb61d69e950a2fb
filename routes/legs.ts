import type { CallRecord } from '../src/call/call-book.js'
import { BETWEEN_ENDPOINTS } from '../src/routing/plan.js'
import type { Service } from './service.js'

/** A leg as a progress callback tells of it. */
interface Leg {
  /** The CallSid of the call that it belongs to. */
  readonly callSid: string
  readonly endpoint: string
  /** `CallStatus`. */
  readonly state: string
}

/**
 * Notes that a leg rings or was answered. Callbacks come in any order, and some endpoints answer without ringing: the
 * first of the two to come ends the post-dial delay (RFC 6076 §4.3 has it end with the first provisional response). It
 * is taken by the clock of this replica, from the TwiML that dialled; Twilio's own `Timestamp` is to the second.
 */
export function noteLeg(
  { book, meters, active }: Service,
  { callSid, endpoint, state }: Leg,
  now: number,
): void {
  if (state !== 'ringing' && state !== 'in-progress') return
  const record = book.open(callSid, now)
  const since = isNews(record, endpoint) ? dialledAt(record, endpoint) : undefined
  if (since !== undefined) meters.postDialDelay(active.config, endpoint, (now - since) / 1000)
  if (state === 'ringing') record.rang.add(endpoint)
  else if (!record.answered.includes(endpoint)) record.answered.push(endpoint)
}

function isNews({ rang, answered }: CallRecord, endpoint: string): boolean {
  return !rang.has(endpoint) && !answered.includes(endpoint)
}

/** When the hop that waits for this endpoint was dialled; undefined where another replica did it. */
function dialledAt({ hops }: CallRecord, endpoint: string): number | undefined {
  return hops.findLast(
    ({ hop, outcome }) => outcome === undefined && hop.split(BETWEEN_ENDPOINTS).includes(endpoint),
  )?.since
}
