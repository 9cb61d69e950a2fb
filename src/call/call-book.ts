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
  /** The last verb of the TwiML that the call got last. */
  verb: string
  readonly hops: HopRecord[]
  /** Endpoints of which a `ringing` callback came. */
  readonly rang: Set<string>
  /** Endpoints of which a callback said that they answered. */
  readonly answered: string[]
  /** TwiML by Twilio's idempotency token, for a webhook that comes again. */
  readonly answers: Map<string, string>
  /** The first webhooks of the call with their answers, for people; undefined in all but the latest calls. */
  webhooks: WebhookRecord[] | undefined
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

/** How many of them with all their webhooks, and with how many. One takes about 5 kB, so this is 25 MB as a rule. */
const MOST_RECENT = 1_000
const MOST_WEBHOOKS = 40

/** The calls that this replica has seen last, by CallSid. */
export class CallBook {
  readonly #calls = new Map<string, CallRecord>()
  /** The same in a ring: the next call takes the place of the oldest. */
  readonly #ring: CallRecord[] = []
  #next = 0

  /** The record of a call, opened if it is not there. */
  open(callSid: string, now: number): CallRecord {
    const known = this.#calls.get(callSid)
    if (known) return known
    const oldest = this.#ring[this.#next]
    if (oldest) this.#calls.delete(oldest.callSid)
    const record = newRecord(callSid, now)
    this.#calls.set(callSid, record)
    this.#ring[this.#next] = record
    const passing = this.#back(MOST_RECENT)
    if (passing) passing.webhooks = undefined
    this.#next = (this.#next + 1) % MOST_CALLS
    return record
  }

  find(callSid: string): CallRecord | undefined {
    return this.#calls.get(callSid)
  }

  /** The calls of which the webhooks are kept, the latest first. */
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
    hops: [],
    rang: new Set(),
    answered: [],
    answers: new Map(),
    webhooks: [],
    finished: false,
    seconds: undefined,
  }
}

/** Keeps a webhook with its call, while that is one of the latest and has not too many. */
export function noteWebhook({ webhooks }: CallRecord, webhook: WebhookRecord): void {
  if (webhooks && webhooks.length < MOST_WEBHOOKS) webhooks.push(webhook)
}

/** Notes that a hop rings. */
export function noteHop(record: CallRecord, hop: string, now: number): void {
  record.hops.push({ hop, since: now, outcome: undefined, code: undefined, seconds: undefined })
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
