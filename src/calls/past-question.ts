import { parameter } from '../call/call.js'
import { classify } from '../call/outcome.js'
import { readOutcome } from '../call/outcome-words.js'
import { parseForm } from '../twilio/form.js'
import { tellingParameters } from '../twilio/logged-parameters.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { type CallRecord, type HopRecord, hopOutcome } from './call-record.js'
import type { WebhookRecord } from './webhook-record.js'

/** A call that was, as `dialsip explain` and `tests:` ask for one that could be. */
export interface PastQuestion {
  readonly to: string
  readonly from: string
  /** The SID of its account, where the config keeps accounts apart. */
  readonly account?: string
  /** ISO 8601. */
  readonly at: string
  readonly params: WebhookParameters
  /** What came of each hop, in the words of `--outcome`. */
  readonly outcomes: Readonly<Record<string, string>>
  readonly down: readonly string[]
  readonly drained: readonly string[]
}

/** The question that a call was; undefined when this replica has not seen it come in. */
export function pastQuestion(
  record: CallRecord,
  webhooks: readonly WebhookRecord[],
  accountsApart: boolean,
): PastQuestion | undefined {
  const first = webhooks.find(({ path, decision }) => path === '/voice' && decision)
  if (!first) return undefined
  const { at, decision } = first
  const params = parseForm(first.form)
  const standings = Object.entries(decision?.notUp ?? {})
  return {
    to: parameter(params, 'To'),
    from: parameter(params, 'From'),
    ...(accountsApart && { account: parameter(params, 'AccountSid') }),
    at: new Date(at).toISOString(),
    // by which a split chooses
    params: { CallSid: record.callSid, ...tellingParameters(params) },
    outcomes: outcomesOf(record),
    down: standings.filter(([, standing]) => standing === 'ejected').map(([name]) => name),
    drained: standings.filter(([, standing]) => standing === 'drained').map(([name]) => name),
  }
}

/** A hop that nobody has told of yet is left out: it counts as answered. */
function outcomesOf(record: CallRecord): Record<string, string> {
  const told = record.hops.filter(({ outcome }) => outcome !== undefined || record.finished)
  return Object.fromEntries(told.map((hop) => [hop.hop, outcomeWord(hop, record)]))
}

/** The SIP code says most; where it decides nothing, or there is none, the word for the class does. */
function outcomeWord(hop: HopRecord, record: CallRecord): string {
  const outcome = hopOutcome(hop, record)
  const { code } = hop
  if (outcome === 'answered' || outcome === 'canceled') return outcome
  if (outcome === 'noAnswer' && code === undefined) return 'ringing+timeout'
  if (outcome === 'noAnswer' && Math.floor(code! / 100) === 2) return 'unaccepted'
  // of a leg that somebody cancelled the code says something else
  return code !== undefined && classify(readOutcome(String(code))!) === outcome ? String(code) : outcome
}
