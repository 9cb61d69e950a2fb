import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, parameter, parseCall } from '../src/call/call.js'
import { noteHop } from '../src/call/call-book.js'
import type { Decision, DialStep } from '../src/routing/decision.js'
import { lastResort } from '../src/routing/last-resort.js'
import { readPlan } from '../src/routing/plan.js'
import type { Service } from './service.js'
import type { Webhook } from './webhook.js'

/** When nothing else can be said any more: valid, and the caller hears that the call failed. */
const REJECT = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'

/** Makes the decision for one webhook; it may throw, and the call still gets an answer. */
export type Decide = (call: Call, webhook: Webhook, now: number) => Decision

/**
 * Answers a webhook with TwiML: parse, decide, log, reply. A webhook that Twilio sends again gets the answer it got
 * before. Whatever goes wrong in here, the live call gets valid TwiML.
 */
export function answerTwiml(service: Service, decide: Decide) {
  return function answer({ webhook, headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
    const parsed = parseCall(webhook.params, parameter(webhook.query, 'called'))
    if ('missing' in parsed)
      return reply.code(400).type('text/plain').send(`the parameter ${parsed.missing} is missing\n`)
    const token = headers['i-twilio-idempotency-token'] as string | undefined
    const again = token && service.book.find(parsed.call.callSid)?.answers.get(token)
    const twiml = again || decided(service, decide, parsed.call, webhook)
    if (token) service.book.find(parsed.call.callSid)?.answers.set(token, twiml)
    return sendTwiml(reply, twiml)
  }
}

export function sendTwiml(reply: FastifyReply, twiml: string): FastifyReply {
  return reply.header('content-type', 'text/xml; charset=utf-8').send(twiml)
}

function decided(service: Service, decide: Decide, call: Call, webhook: Webhook): string {
  const now = service.now()
  try {
    const decision = decide(call, webhook, now)
    const twiml = service.active.writer.write(decision.steps)
    note(service, call, decision, now)
    return twiml
  } catch (error) {
    service.log.error(
      { err: error, callSid: call.callSid },
      'the decision failed; the call gets what stands behind it',
    )
    return insteadOf(service, call, webhook, now)
  }
}

function insteadOf({ active, log }: Service, call: Call, webhook: Webhook, now: number): string {
  try {
    return active.writer.write(lastResort(active.config, call, readPlan(webhook.query), now))
  } catch (error) {
    log.error(
      { err: error, callSid: call.callSid },
      'what stands behind it failed as well; the call is rejected',
    )
    return REJECT
  }
}

/** One line a decision, with the whole reason. */
function note({ book, log }: Service, call: Call, decision: Decision, now: number): void {
  const record = book.open(call.callSid, now)
  record.route = decision.route
  record.rule = decision.rule
  const dial = decision.steps.find((step): step is DialStep => step.verb === 'dial')
  if (dial) noteHop(record, dial.hop.name, now)
  for (const warning of decision.warnings) log.warn({ callSid: call.callSid }, warning)
  log.info(
    {
      callSid: call.callSid,
      from: call.from.text,
      to: call.to.text,
      route: decision.route,
      rule: decision.rule,
      verbs: decision.steps.map((step) => step.verb),
      hop: dial?.hop.name,
      next: dial?.plan.next,
      outcome: decision.outcome,
      skipped: decision.skipped.map(({ rule, condition, saw }) => ({ rule, condition: condition.key, saw })),
      passedOver: decision.passedOver,
    },
    decision.reason,
  )
}
