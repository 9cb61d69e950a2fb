import { parameter } from '../../src/call/call.js'
import type { detailOf, RecentCall } from '../../src/calls/recent-call.js'
import { visibleAll } from '../../src/errors/visible.js'
import { callLogLine } from '../call-log-line.js'
import { decisionLine } from '../log-decision.js'
import type { Service } from '../service.js'

type CallDetail = ReturnType<typeof detailOf>
type CallWebhook = CallDetail['webhooks'][number]

/** A recent call with its webhooks, and with what the log has of it. */
export type LoggedCall = ReturnType<typeof withLogLines>

/** Adds the lines of the log to a call. They are made from what is shown of it, where secrets are masked already. */
export function withLogLines(call: CallDetail, service: Service) {
  const { webhooks } = call
  // after a REFER, and in a call that dialsip has placed, another is called than Twilio's `To`
  const changes = webhooks.findIndex(({ path }) => path === '/refer' || path === '/outbound')
  return {
    ...call,
    webhooks: webhooks.map((webhook, at) => {
      const called = changes >= 0 && at >= changes ? call.to : parameter(webhook.params, 'To')
      return { ...webhook, log: decided(webhook, called) }
    }),
    log: call.seconds === undefined ? undefined : shown(finishLine(call, call.seconds)),
  }

  function decided({ at, params, decision }: CallWebhook, to: string) {
    if (!decision) return undefined
    const from = parameter(params, 'From')
    const account = parameter(params, 'AccountSid')
    return shown(decisionLine(at, { callSid: call.callSid, from, to, account, params }, decision, service))
  }
}

/** With the keys of a call in a list, and no others. */
function finishLine(call: RecentCall, seconds: number) {
  const { callSid, at, from, to, route, rule, hops, outcome } = call
  const time = new Date(Date.parse(at) + 1000 * seconds).toISOString()
  const summary = { callSid, at, from, to, route, rule, hops, outcome, seconds }
  return { level: 'info', time, ...summary, msg: 'call finished' }
}

/** A line as JSON, and as a person at a terminal sees it. */
function shown(json: Readonly<Record<string, unknown>>) {
  const text = callLogLine(visibleAll(json))?.trimEnd()
  return { json, ...(text && { text }) }
}
