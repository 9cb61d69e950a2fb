import type { OutcomeClass } from './outcome.js'

/** What one replica remembers of a call. Nothing that routing depends on: a forgotten call goes on all the same. */
export interface CallRecord {
  readonly callSid: string
  /** Epoch milliseconds of the first webhook that this replica saw. */
  readonly since: number
  route: string
  rule: string
  readonly hops: HopRecord[]
  /** Endpoints of which a `ringing` callback came. */
  readonly rang: Set<string>
  /** TwiML by Twilio's idempotency token, for a webhook that comes again. */
  readonly answers: Map<string, string>
  finished: boolean
}

/** A hop of a call: when it began to ring, and what came of it. */
export interface HopRecord {
  readonly hop: string
  readonly since: number
  outcome: OutcomeClass | undefined
  seconds: number | undefined
}

/** How many calls are remembered; the oldest goes first. */
const MOST_CALLS = 10_000

/** The calls that this replica has seen last, by CallSid. */
export class CallBook {
  readonly #calls = new Map<string, CallRecord>()

  /** The record of a call, opened if it is not there. */
  open(callSid: string, now: number): CallRecord {
    const known = this.#calls.get(callSid)
    if (known) return known
    const record: CallRecord = {
      callSid,
      since: now,
      route: '',
      rule: '',
      hops: [],
      rang: new Set(),
      answers: new Map(),
      finished: false,
    }
    this.#calls.set(callSid, record)
    if (this.#calls.size > MOST_CALLS) this.#calls.delete(this.#calls.keys().next().value!)
    return record
  }

  find(callSid: string): CallRecord | undefined {
    return this.#calls.get(callSid)
  }
}

/** Notes that a hop rings. */
export function noteHop(record: CallRecord, hop: string, now: number): void {
  record.hops.push({ hop, since: now, outcome: undefined, seconds: undefined })
}

/** Notes what came of the hop that rang last under this name. */
export function noteOutcome(record: CallRecord, hop: string, outcome: OutcomeClass, now: number): void {
  const ringing = record.hops.findLast((one) => one.hop === hop && one.outcome === undefined)
  if (ringing) {
    ringing.outcome = outcome
    ringing.seconds = (now - ringing.since) / 1000
  } else {
    record.hops.push({ hop, since: now, outcome, seconds: undefined })
  }
}
