import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, parameter, parseCall } from '../src/call/call.js'
import { noteHop } from '../src/call/call-book.js'
import type { DecisionNote } from '../src/call/webhook-record.js'
import type { Decision } from '../src/routing/decision.js'
import { lastResort } from '../src/routing/last-resort.js'
import { noteOf } from '../src/routing/note-of.js'
import { readPlan } from '../src/routing/plan.js'
import { tellingParameters, tokenlessParameters } from '../src/twilio/telling-parameters.js'
import { beside, logFault } from './beside.js'
import { finish } from './finish.js'
import type { Service } from './service.js'
import { takeSlots } from './slots.js'
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
  return function answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { webhook, headers } = request
    const parsed = parseCall(webhook.params, parameter(webhook.query, 'called'))
    if ('missing' in parsed)
      return reply.code(400).type('text/plain').send(`the parameter ${parsed.missing} is missing\n`)
    const token = headers['i-twilio-idempotency-token'] as string | undefined
    const again = token && service.book.find(parsed.call.callSid)?.answers?.get(token)
    const twiml = again || decided(service, decide, parsed.call, request)
    if (token) keepAnswer(service, parsed.call.callSid, token, twiml)
    return sendTwiml(reply, twiml)
  }
}

function keepAnswer({ book }: Service, callSid: string, token: string, twiml: string): void {
  const record = book.find(callSid)
  if (!record) return
  record.answers ??= new Map()
  record.answers.set(token, twiml)
}

export function sendTwiml(reply: FastifyReply, twiml: string): FastifyReply {
  return reply.header('content-type', 'text/xml; charset=utf-8').send(twiml)
}

function decided(service: Service, decide: Decide, call: Call, request: FastifyRequest): string {
  const { webhook } = request
  const { callSid } = call
  const now = service.now()
  const began = performance.now()
  try {
    const decision = decide(call, webhook, now)
    const twiml = service.active.writer.write(decision.steps)
    beside(service, callSid, function keep() {
      takeSlots(service, call, decision.steps, now)
      const ended = performance.now()
      service.meters.decision((ended - began) / 1000)
      request.decided = { callSid, note: note(service, call, decision, now), began, ended }
    })
    return twiml
  } catch (error) {
    logFault(
      service,
      'decision',
      { err: error, callSid },
      'the decision failed; the call gets what stands behind it',
    )
    return insteadOf(service, call, webhook, now)
  }
}

function insteadOf(service: Service, call: Call, webhook: Webhook, now: number): string {
  const { active } = service
  const { callSid } = call
  try {
    const steps = lastResort(active.config, call, readPlan(webhook.query), now)
    const twiml = active.writer.write(steps)
    beside(service, callSid, () => takeSlots(service, call, steps, now))
    return twiml
  } catch (error) {
    logFault(
      service,
      'lastResort',
      { err: error, callSid },
      'what stands behind it failed as well; the call is rejected',
    )
    return REJECT
  }
}

/** One line a decision, with the whole reason and what it takes to make it again. */
function note(service: Service, call: Call, decision: Decision, now: number): DecisionNote {
  const { book, log } = service
  const { callSid, params } = call
  const noted = noteOf(decision)
  const { route, rule, verbs, hop, next, outcome, skipped, passedOver, notUp, reason } = noted
  const record = book.open(callSid, now)
  const [from, to] = [call.from.text, call.to.text]
  record.from = from
  record.to = to
  record.route = route
  record.rule = rule
  record.verb = verbs.at(-1) ?? 'hangup'
  if (hop !== undefined) noteHop(record, hop, now)
  for (const warning of decision.warnings) log.warn({ callSid }, warning)
  const kept = log.isLevelEnabled('debug') ? tokenlessParameters(params) : tellingParameters(params)
  log.info(
    {
      callSid,
      from,
      to,
      route,
      rule,
      verbs,
      hop,
      next,
      outcome,
      skipped: some(skipped),
      passedOver: some(passedOver),
      notUp,
      params: kept,
    },
    reason,
  )
  // nothing is asked any more of a call that rings nowhere
  if (hop === undefined) finish(service, callSid, now)
  return noted
}

/** A key with nothing to say is left out of the line. */
function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}
