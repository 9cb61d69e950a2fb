import { decidedBy, partiesText, wayText } from '../routes/call-line.js'
import type { detailOf } from '../src/calls/recent-call.js'
import { visible } from '../src/errors/visible.js'
import { table } from './table.js'

/** A recent call with its webhooks, as `GET /api/calls/recent/{callSid}` gives it. */
export type RecentCallDetail = ReturnType<typeof detailOf>

type RecentWebhook = RecentCallDetail['webhooks'][number]

/** One call as a time line: what Twilio said, and what it was answered. */
export function callTimeline(call: RecentCallDetail): string {
  const { callSid, at, seconds, webhooks, explain } = call
  const head = `${callSid}  ${partiesText(call)}  ${decidedBy(call)}  ${wayText(call)}`
  const since = Date.parse(at)
  const rows = webhooks.map((webhook) => row(webhook, since))
  const end = seconds === undefined ? [] : [[afterText(seconds), 'end', wayText(call), '']]
  const steps = rows.length + end.length > 0 ? table([...rows, ...end]) : ''
  const how = explain === undefined ? '' : `\n${visible(explain)}\n`
  return `${visible(head)}\nbegan ${at}\n\n${steps}${how}`
}

function row(webhook: RecentWebhook, since: number): string[] {
  const { at, path, status } = webhook
  return [
    afterText((Date.parse(at) - since) / 1000),
    path,
    saidText(webhook),
    answerText(webhook) || `${status}`,
  ]
}

/** Seconds since the call began. */
function afterText(seconds: number): string {
  return `+${seconds.toFixed(1)} s`
}

/** What a webhook says of a hop, of a leg or of the call. */
function saidText({ params }: RecentWebhook): string {
  const { CallStatus, DialCallStatus, DialSipResponseCode, ParentCallSid } = params
  if (DialCallStatus !== undefined) return [DialCallStatus, DialSipResponseCode].filter(Boolean).join(' ')
  return ParentCallSid === undefined ? `call ${CallStatus}` : `leg ${CallStatus}`
}

function answerText({ decision }: RecentWebhook): string {
  if (!decision) return ''
  const { reason, hop, verbs } = decision
  const does = hop === undefined ? verbs.join(', ') || 'hangup' : `${hop} rings`
  return `${does} (${reason})`
}
