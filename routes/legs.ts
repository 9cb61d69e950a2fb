import { FINAL_STATUSES } from '../src/call/outcome.js'
import { type CallRecord, noteLegOf } from '../src/calls/call-record.js'
import { endpointsIn } from '../src/dial/plan.js'
import type { Service } from './service.js'

/** A leg as a progress callback tells of it. */
export interface Leg {
  /** The CallSid of the call that it belongs to. */
  readonly parent: string
  /** Its own CallSid. */
  readonly callSid: string
  readonly endpoint: string
  /** `CallStatus`. */
  readonly state: string
}

/**
 * The key by which the outcome of a leg is counted once. It holds the call, too: a leg of one call says nothing about
 * another call.
 */
export function legKey(parent: string, leg: string): string {
  return `${parent} ${leg}`
}

/** Notes a progress callback. Callbacks come in any order and may be lost, so each is taken for no more than it says. */
export function noteLeg(service: Service, leg: Leg, now: number): void {
  const { book, health, limits, outcomes } = service
  const { parent, callSid, endpoint, state } = leg
  if (state === 'ringing' || state === 'in-progress') noteRinging(service, leg, now)
  if (state === 'in-progress') health.note(endpoint, 'answered', now)
  // the end of a leg whose <Dial> has ended may come late, when the same endpoint rings again
  if (!FINAL_STATUSES.includes(state)) noteLegOf(book.find(parent), callSid)
  else if (!outcomes.has(legKey(parent, callSid))) limits.release(endpoint, parent)
}

/**
 * Notes that a leg rings or was answered. Some endpoints answer without ringing: the first of the two to come ends the
 * post-dial delay (RFC 6076 §4.3 has it end with the first provisional response). It is taken by the clock of this
 * replica, from the TwiML that dialled; Twilio's own `Timestamp` is to the second.
 */
function noteRinging(
  { book, rung, meters, history, active }: Service,
  { parent, endpoint, state }: Leg,
  now: number,
): void {
  const record = book.open(parent, now)
  rung.note(parent, endpoint, now)
  const since = isFirstSign(record, endpoint) ? dialledAt(record, endpoint) : undefined
  if (since !== undefined) {
    const seconds = (now - since) / 1000
    meters.postDialDelay(active.config, endpoint, seconds)
    history.noteDelay(endpoint, seconds)
  }
  const seen = state === 'ringing' ? 'rang' : 'answered'
  if (!record[seen].includes(endpoint)) record[seen] = [...record[seen], endpoint]
}

function isFirstSign({ rang, answered }: CallRecord, endpoint: string): boolean {
  return !rang.includes(endpoint) && !answered.includes(endpoint)
}

/** When the hop that waits for this endpoint was dialled; undefined where another replica did it. */
function dialledAt({ hops }: CallRecord, endpoint: string): number | undefined {
  return hops.findLast(({ hop, outcome }) => outcome === undefined && endpointsIn(hop).includes(endpoint))
    ?.since
}
