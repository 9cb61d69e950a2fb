import type { RecentCall } from '../src/calls/recent-call.js'
import { decidedBy, partiesText, wayText } from './call-line.js'

/** A line of the log about a call: of a decision, or of its end. */
interface CallLogRecord extends Omit<RecentCall, 'outcome'> {
  readonly time: string
  readonly verbs: readonly string[]
  /** The hop that rings next. */
  readonly hop?: string
  readonly outcome?: string
  readonly msg: string
}

/**
 * A line of the log about a call, for a person at a terminal:
 * `05:55:43 +16465550000 → +12025550100  us-main/open  ashburn 503 → frankfurt answered 12 s`. Undefined for any other
 * line. Empty for a decision of which the line of the finished call says all, and for that where the decision has.
 */
export function callLogLine(record: Readonly<Record<string, unknown>>): string | undefined {
  const call = record as unknown as CallLogRecord
  const what = isFinish(call) ? finishText(call) : isDecision(call) ? decisionText(call) : undefined
  if (!what) return what
  return `${clockText(call.time)} ${partiesText(call)}  ${decidedBy(call)}  ${what}\n`
}

function isFinish({ msg, hops }: CallLogRecord): boolean {
  return msg === 'call finished' && Array.isArray(hops)
}

function isDecision({ verbs, from, to }: CallLogRecord): boolean {
  return Array.isArray(verbs) && typeof from === 'string' && typeof to === 'string'
}

/** What follows after all hops have failed is in the line of the decision. */
function finishText(call: CallLogRecord): string {
  return hasTalked(call.hops.at(-1)?.outcome) ? wayText(call as RecentCall) : ''
}

/** Of a call that is over the line of its end says more. */
function decisionText({ verbs, hop, outcome }: CallLogRecord): string {
  if (hasTalked(outcome)) return ''
  const next = hop === undefined ? verbs.join(', ') || 'hangup' : `${hop} rings`
  return outcome === undefined ? next : `${outcome} → ${next}`
}

function hasTalked(outcome: string | undefined): boolean {
  return outcome === 'answered' || outcome === 'canceled'
}

/** The time of day by the clock of this machine. */
export function clockText(time: string): string {
  return new Date(time).toTimeString().slice(0, '00:00:00'.length)
}
