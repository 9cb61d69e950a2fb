import { dialStepIn } from '../dial/find-dial.js'
import type { Decision } from '../model/decision.js'
import { RecordRingBuffer } from './record-ring-buffer.js'

/** A webhook of a call that was answered: what came, what was decided, what went back. */
export interface WebhookRecord {
  /** Epoch milliseconds of its arrival. */
  readonly at: number
  /** Such as `/dialed`. */
  readonly path: string
  readonly status: number
  /** Undefined where nothing is decided: callbacks, and a webhook that Twilio sent again. */
  readonly decision: DecisionNote | undefined
  /** What it has in common with one that Twilio sends again: its token, path and query; empty without a token. */
  readonly idempotencyKey: string
  /** The parameters, as the text of a form. */
  readonly form: string
  /** With passwords in clear: only to be shown masked. */
  readonly twiml: string
}

/** A decision in short, for the log and for people. It holds no reference to the config. */
export interface DecisionNote {
  readonly route: string
  readonly rule: string
  readonly reason: string
  readonly verbs: readonly string[]
  readonly hop: string | undefined
  readonly next: readonly string[] | undefined
  readonly outcome: string | undefined
  readonly skipped: readonly { readonly rule: string; readonly condition: string; readonly saw: string }[]
  readonly passedOver: readonly { readonly hop: string; readonly why: string }[]
  /** Endpoints of the dial that were ejected or drained, by name. */
  readonly notUp: Readonly<Record<string, string>> | undefined
}

/** A decision in short: what it says, without the config that it points into. */
export function noteOf(decision: Decision): DecisionNote {
  const dial = dialStepIn(decision.steps)
  return {
    route: decision.route,
    rule: decision.rule,
    reason: decision.reason,
    verbs: decision.steps.map((step) => step.verb),
    hop: dial?.hop.name,
    next: dial?.plan.next,
    outcome: decision.outcome,
    skipped: decision.skipped.map(({ rule, condition, saw }) => ({ rule, condition: condition.key, saw })),
    passedOver: decision.passedOver,
    notUp: dial?.notUp,
  }
}

/** Room for the webhooks of a thousand calls, ten each. One takes about 2.5 kB. */
const BLOCKS = 25
const BLOCK_BYTES = 1024 * 1024

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

/** A decision. What is seldom there comes last, so that it can be left out. */
type Packed = readonly [
  ...(readonly [route: string, rule: string, reason: string, verbs: readonly string[]]),
  ...(readonly [hop: string | null, next: readonly string[] | null, outcome: string | null]),
  ...(readonly [seldom?: Pick<DecisionNote, 'skipped' | 'passedOver' | 'notUp'>]),
]

/** The last webhooks of all calls. Those of one call are a chain: each knows the place of the one before. */
export class Webhooks {
  readonly #records = new RecordRingBuffer(BLOCKS, BLOCK_BYTES)

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
