import { type CallRecord, newRecord } from './call-record.js'
import { type WebhookRecord, Webhooks } from './webhooks.js'

/** How many calls are remembered; the oldest goes first. */
const MOST_CALLS = 10_000

/** How many of them are shown. */
const MOST_RECENT = 1_000

/** The HTTP status of an answer with TwiML. */
const OK = 200

/** The calls that this replica has seen last, by CallSid. */
export class CallBook {
  readonly #calls = new Map<string, CallRecord>()
  /** The same in a ring: the next call takes the place of the oldest. */
  readonly #ring: CallRecord[] = []
  #next = 0
  readonly #webhooks = new Webhooks()
  /** Secrets of earlier configs stay in it: they must not be shown either. */
  readonly #secrets = new Set<string>()
  #lastSecrets: readonly string[] = []
  #changed: Set<CallRecord> | undefined

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
    if (this.#changed && this.#changed.size < MOST_RECENT) this.#changed.add(call)
    if (secrets === this.#lastSecrets) return
    this.#lastSecrets = secrets
    for (const secret of secrets) this.#secrets.add(secret)
  }

  /** Tells whether `takeChanged` will be called: only then changed calls are remembered. */
  watch(isWatched: boolean): void {
    this.#changed = isWatched ? new Set() : undefined
  }

  /** Up to `most` of the calls that have changed, those first that wait longest. Each is given once. */
  takeChanged(most: number): CallRecord[] {
    const taken = [...(this.#changed ?? [])].slice(0, most)
    for (const call of taken) this.#changed!.delete(call)
    return taken
  }

  /** Those of the last webhooks that belong to a call, in their order. */
  webhooksOf({ lastWebhook }: CallRecord): WebhookRecord[] {
    return [...this.#webhooks.back(lastWebhook)].reverse()
  }

  /** The TwiML that a webhook got, by its idempotency key; undefined when it did not come before. */
  answerTo(callSid: string, idempotencyKey: string): string | undefined {
    return this.#answered(callSid, (webhook) => webhook.idempotencyKey === idempotencyKey)?.twiml
  }

  /** Whether a webhook with the very same parameters was answered before, so that Twilio has sent it again. */
  hasAnswered(callSid: string, form: string): boolean {
    return this.#answered(callSid, (webhook) => webhook.form === form) !== undefined
  }

  #answered(callSid: string, isThis: (webhook: WebhookRecord) => boolean): WebhookRecord | undefined {
    for (const webhook of this.#webhooks.back(this.find(callSid)?.lastWebhook))
      if (webhook.status === OK && isThis(webhook)) return webhook
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
