import type { OutcomeClass } from './outcome.js'
import type { WebhookRecord } from './webhook-record.js'
import { Webhooks } from './webhooks.js'

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
  hops: readonly HopRecord[]
  /** Endpoints of which a `ringing` callback came. */
  rang: readonly string[]
  /** Endpoints of which a callback said that they answered. */
  answered: readonly string[]
  /** Where the last of its webhooks is kept. */
  lastWebhook: number | undefined
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

/** HTTP's; with it the answer was TwiML. */
const OK = 200

/** How many of them are shown. */
const MOST_RECENT = 1_000

/** The calls that this replica has seen last, by CallSid. */
export class CallBook {
  readonly #calls = new Map<string, CallRecord>()
  /** The same in a ring: the next call takes the place of the oldest. */
  readonly #ring: CallRecord[] = []
  #next = 0
  readonly #webhooks = new Webhooks()
  /** Never forgotten: what was a secret in an earlier config must not be shown either. */
  readonly #secrets = new Set<string>()
  #lastSecrets: readonly string[] = []

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

  /** Every secret that may be in a webhook or in its answer. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets
  }

  /** Keeps a webhook of a call with its answer, for people and for when it comes again. */
  noteWebhook(call: CallRecord, webhook: WebhookRecord, secrets: readonly string[]): void {
    call.lastWebhook = this.#webhooks.keep(webhook, call.lastWebhook)
    if (secrets === this.#lastSecrets) return
    this.#lastSecrets = secrets
    for (const secret of secrets) this.#secrets.add(secret)
  }

  /** Those of the last webhooks that belong to a call, in their order. */
  webhooksOf({ lastWebhook }: CallRecord): WebhookRecord[] {
    return [...this.#webhooks.back(lastWebhook)].reverse()
  }

  /** The TwiML that a webhook got, by Twilio's idempotency token; undefined when it did not come before. */
  answerTo(callSid: string, token: string): string | undefined {
    const last = this.find(callSid)?.lastWebhook
    if (last === undefined) return undefined
    for (const webhook of this.#webhooks.back(last))
      if (webhook.token === token && webhook.status === OK) return webhook.twiml
    return undefined
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

const NOBODY: readonly string[] = []

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
    rang: NOBODY,
    answered: NOBODY,
    lastWebhook: undefined,
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
export function noteHop(record: CallRecord, hop: string, now: number): void {
  const ringing = { hop, since: now, outcome: undefined, code: undefined, seconds: undefined }
  record.hops = [...record.hops.slice(1 - MOST_HOPS), ringing]
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
    record.hops = [...record.hops, { hop, since: now, outcome, code, seconds: undefined }]
  }
}
