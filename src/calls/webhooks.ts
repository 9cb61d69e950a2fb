import { RecordRingBuffer } from './record-ring-buffer.js'
import type { DecisionNote, WebhookRecord } from './webhook-record.js'

/** The webhooks of a thousand calls, ten each. One takes about 2.5 kB. */
const BYTES = 25 * 1024 * 1024

/** How many texts a record has. */
const TEXTS = 4

/** The first of them, as JSON: a list, since the names of an object would be most of the work. */
type Head = readonly [
  before: number | null,
  at: number,
  path: string,
  status: number,
  ...decision: Packed | [],
]

/** A decision; what is seldom there comes last, and is left out where nothing of it is. */
type Packed = readonly [
  ...(readonly [route: string, rule: string, reason: string, verbs: readonly string[]]),
  ...(readonly [hop: string | null, next: readonly string[] | null, outcome: string | null]),
  ...(readonly [seldom?: Pick<DecisionNote, 'skipped' | 'passedOver' | 'notUp'>]),
]

/** The last webhooks of all calls. Those of one call are a chain: each knows the place of the one before. */
export class Webhooks {
  readonly #records = new RecordRingBuffer(BYTES)

  /** Keeps a webhook, and gives the place of the last one of the call, which is this one if it is not too long. */
  keep(
    { at, path, status, decision, idempotencyKey, form, twiml }: WebhookRecord,
    before: number | undefined,
  ) {
    const head = JSON.stringify([before, at, path, status, ...packed(decision)])
    return this.#records.append([head, idempotencyKey, form, twiml]) ?? before
  }

  /** The webhooks of a call by the place of its last one, the latest first, as far as they are still there. */
  *back(last: number | undefined): Generator<WebhookRecord> {
    for (let place = last ?? null; place !== null; ) {
      const texts = this.#records.read(place, TEXTS)
      if (!texts) return
      const [head, idempotencyKey, form, twiml] = texts as [string, string, string, string]
      const [before, at, path, status, ...decision] = JSON.parse(head) as Head
      yield { at, path, status, decision: unpacked(decision), idempotencyKey, form, twiml }
      place = before
    }
  }
}

function packed(note: DecisionNote | undefined): readonly unknown[] {
  if (!note) return []
  const { route, rule, reason, verbs, hop, next, outcome, skipped, passedOver, notUp } = note
  const usual = [route, rule, reason, verbs, hop, next, outcome]
  const seldom = skipped.length > 0 || passedOver.length > 0 || notUp !== undefined
  return seldom ? [...usual, { skipped, passedOver, notUp }] : usual
}

function unpacked(decision: Packed | []): DecisionNote | undefined {
  if (decision.length === 0) return undefined
  const [route, rule, reason, verbs, hop, next, outcome, seldom] = decision
  return {
    route,
    rule,
    reason,
    verbs,
    hop: hop ?? undefined,
    next: next ?? undefined,
    outcome: outcome ?? undefined,
    skipped: seldom?.skipped ?? [],
    passedOver: seldom?.passedOver ?? [],
    notUp: seldom?.notUp,
  }
}
