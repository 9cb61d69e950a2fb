import type { OutcomeClass } from './outcome.js'
import type { WebhookRecord } from './webhook-record.js'

/** What one replica remembers of a call. Nothing that routing depends on: a forgotten call goes on all the same. */
export interface CallRecord {
  readonly callSid: string
  /** Epoch milliseconds of the first webhook that this replica saw. */
  readonly since: number
  from: string
  to: string
  route: string
  rule: string
  /** The last verb of the TwiML that the call got last; empty while this replica has not answered it. */
  verb: string
  /** Whether this replica has placed it. */
  placed: boolean
  /** What came of a call that this replica has placed, if nobody asked what to do with it. */
  ended: OutcomeClass | undefined
  readonly hops: HopRecord[]
  /** Endpoints of which a `ringing` callback came. */
  readonly rang: string[]
  /** Endpoints of which a callback said that they answered. */
  readonly answered: string[]
  /** TwiML by Twilio's idempotency token, for a webhook that comes again. */
  answers: Map<string, string> | undefined
  finished: boolean
  /** From the first webhook to the end; undefined until then. */
  seconds: number | undefined
}

/** A hop of a call: when it began to ring, and what came of it. */
export interface HopRecord {
  readonly hop: string
  readonly since: number
  outcome: OutcomeClass | undefined
  /** The SIP response code that the outcome came with. */
  code: number | undefined
  seconds: number | undefined
}

/** How many calls are remembered; the oldest goes first. */
const MOST_CALLS = 10_000

/** Nobody is rung so often in one call; it is Twilio that repeats itself. */
const MOST_HOPS = 50

/** How many of them are shown. */
const MOST_RECENT = 1_000

/** The webhooks of a thousand calls, ten each. One takes about 2.5 kB, so all of them 25 MB. */
const MOST_WEBHOOKS = 10_000

/** The calls that this replica has seen last, by CallSid. */
export class CallBook {
  readonly #calls = new Map<string, CallRecord>()
  /** The same in a ring: the next call takes the place of the oldest. */
  readonly #ring: CallRecord[] = []
  #next = 0
  /** The last webhooks of all calls, in a ring as well. */
  readonly #webhooks: WebhookRecord[] = []
  #nextWebhook = 0

  /** The record of a call, opened if it is not there. */
  open(callSid: string, now: number): CallRecord {
    const known = this.#calls.get(callSid)
    if (known) return known
    const oldest = this.#ring[this.#next]
    if (oldest) this.#calls.delete(oldest.callSid)
    const record = newRecord(callSid, now)
    this.#calls.set(callSid, record)
    this.#ring[this.#next] = record
    this.#next = (this.#next + 1) % MOST_CALLS
    return record
  }

  find(callSid: string): CallRecord | undefined {
    return this.#calls.get(callSid)
  }

  /** Keeps a webhook with its answer, for people. */
  noteWebhook(webhook: WebhookRecord): void {
    this.#webhooks[this.#nextWebhook] = webhook
    this.#nextWebhook = (this.#nextWebhook + 1) % MOST_WEBHOOKS
  }

  /** Those of the last webhooks that belong to a call, in their order. */
  webhooksOf(callSid: string): WebhookRecord[] {
    const [later, earlier] = [
      this.#webhooks.slice(0, this.#nextWebhook),
      this.#webhooks.slice(this.#nextWebhook),
    ]
    return [...earlier, ...later].filter((webhook) => webhook.callSid === callSid)
  }

  /** The last calls, the latest first. */
  recent(): CallRecord[] {
    const latest = Array.from({ length: MOST_RECENT }, (_, at) => this.#back(at + 1))
    return latest.filter((record) => record !== undefined)
  }

  /** The call so many places before the next one; undefined before there were as many. */
  #back(places: number): CallRecord | undefined {
    return this.#ring[(this.#next - places + MOST_CALLS) % MOST_CALLS]
  }
}

function newRecord(callSid: string, now: number): CallRecord {
  return {
    callSid,
    since: now,
    from: '',
    to: '',
    route: '',
    rule: '',
    verb: '',
    placed: false,
    ended: undefined,
    hops: [],
    rang: [],
    answered: [],
    answers: undefined,
    finished: false,
    seconds: undefined,
  }
}

/** Whether more is known of it than that a callback came: a replica gets callbacks of calls that others answer. */
export function isKnown({ verb, placed }: CallRecord): boolean {
  return verb !== '' || placed
}

/** Notes that this replica has placed a call. */
export function notePlaced(record: CallRecord, { from, to }: Pick<CallRecord, 'from' | 'to'>): void {
  record.placed = true
  record.from = from
  record.to = to
}

/** Notes that a hop rings. */
export function noteHop({ hops }: CallRecord, hop: string, now: number): void {
  if (hops.length === MOST_HOPS) hops.shift()
  hops.push({ hop, since: now, outcome: undefined, code: undefined, seconds: undefined })
}

/** Notes what came of the hop that rang last under this name. */
export function noteOutcome(
  record: CallRecord,
  hop: string,
  outcome: OutcomeClass,
  now: number,
  code?: number,
): void {
  const ringing = record.hops.findLast((one) => one.hop === hop && one.outcome === undefined)
  if (ringing) {
    ringing.outcome = outcome
    ringing.code = code
    ringing.seconds = (now - ringing.since) / 1000
  } else {
    record.hops.push({ hop, since: now, outcome, code, seconds: undefined })
  }
}
