import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerPath, calledBy, type DecidePage } from '../src/answer.js'
import { type Call, missingText, parseCall } from '../src/call/call.js'
import { noteHop } from '../src/calls/call-record.js'
import { type DecisionNote, noteOf } from '../src/calls/webhooks.js'
import { lastResort } from '../src/decide.js'
import { dialStepIn } from '../src/dial/find-dial.js'
import { readPlan } from '../src/dial/plan.js'
import type { Decision, DialStep } from '../src/model/decision.js'
import { REJECT_TWIML } from '../src/xml/document.js'
import { bestEffort, logError } from './best-effort.js'
import { countConcurrentCalls } from './concurrent-calls.js'
import { finish } from './finish.js'
import { logDecision } from './log-decision.js'
import { noteRefused } from './refusals.js'
import { type Service, stateAt } from './service.js'
import type { Webhook } from './webhook.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What was decided for it, and when; undefined where nothing is. */
    decided: Decided | undefined
  }
}

/** From when to when, by `performance.now()`, in milliseconds. */
export interface DecisionTime {
  readonly began: number
  readonly ended: number
}

/** A decision and the time it took. */
export interface Decided extends DecisionTime {
  readonly callSid: string
  readonly note: DecisionNote
}

/** Makes the decision for one webhook; it may throw, and the call still gets an answer. */
export type Decide = (call: Call, webhook: Webhook, now: number) => Decision

/** Decides about pages for which nothing but the decision is noted. */
export function decideWith(service: Service, answer: DecidePage): Decide {
  return function decideOnly(call, webhook, now) {
    return answer(service.active.config, call, webhook, now, stateAt(service, now, call.callSid))
  }
}

/**
 * Answers a webhook with TwiML: parse, decide, log, reply. A webhook that Twilio sends again gets the answer it got
 * before. Whatever goes wrong in here, the live call gets valid TwiML.
 */
export function answerTwiml(service: Service, path: AnswerPath, decide: Decide) {
  return function answer(request: FastifyRequest, reply: FastifyReply): void {
    const { webhook } = request
    const parsed = parseCall(webhook.params, calledBy(path, webhook))
    if ('missing' in parsed) {
      const message = missingText(parsed.missing)
      reply.code(400).type('text/plain').send(`${message}\n`)
      noteRefused(service, request, {
        kind: 'parameters',
        status: 400,
        reason: 'parameters',
        message: `request refused: ${message}`,
        params: webhook.params,
      })
      return
    }
    const { callSid } = parsed.call
    const again = webhook.idempotencyKey && service.book.answerTo(callSid, webhook.idempotencyKey)
    sendTwiml(reply, again || decisionTwiml(service, decide, parsed.call, request))
  }
}

/** Returns nothing: if the reply were returned, Fastify would wait until it is sent. */
export function sendTwiml(reply: FastifyReply, twiml: string): void {
  reply.header('content-type', 'text/xml; charset=utf-8').send(twiml)
}

function decisionTwiml(service: Service, decide: Decide, call: Call, request: FastifyRequest): string {
  const { webhook } = request
  const { callSid } = call
  const now = service.now()
  const began = performance.now()
  try {
    const decision = decide(call, webhook, now)
    const twiml = service.active.writer.write(decision.steps)
    bestEffort(service, callSid, function keep() {
      countConcurrentCalls(service, call, decision.steps, now)
      const ended = performance.now()
      service.meters.decision((ended - began) / 1000)
      request.decided = { callSid, note: noteDecision(service, call, decision, webhook, now), began, ended }
    })
    return twiml
  } catch (error) {
    logError(
      service,
      'decision',
      { err: error, callSid },
      'the decision failed; the call gets the last resort',
    )
    return lastResortTwiml(service, call, webhook, now)
  }
}

function lastResortTwiml(service: Service, call: Call, webhook: Webhook, now: number): string {
  const { active } = service
  const { callSid } = call
  try {
    const steps = lastResort(active.config, call, readPlan(webhook.query), now)
    const twiml = active.writer.write(steps)
    bestEffort(service, callSid, () => countConcurrentCalls(service, call, steps, now))
    return twiml
  } catch (error) {
    logError(
      service,
      'lastResort',
      { err: error, callSid },
      'the last resort failed as well; the call is rejected',
    )
    return REJECT_TWIML
  }
}

/** Notes a decision in the log and in the book of calls. */
function noteDecision(
  service: Service,
  call: Call,
  decision: Decision,
  { form }: Webhook,
  now: number,
): DecisionNote {
  const { callSid, from, to } = call
  const noted = noteOf(decision)
  const { verbs } = noted
  const record = service.book.open(callSid, now)
  if (record.verb === '') service.callsAMinute.add(now)
  record.from = from.text
  record.to = to.text
  record.route = noted.route
  record.rule = noted.rule
  record.verb = verbs.at(-1) ?? 'hangup'
  if (decision.outcome === 'canceled') record.ended = 'canceled'
  const dial = dialStepIn(decision.steps)
  if (dial) noteHop(record, ringing(dial), now, isRepeated)
  logDecision(service, call, decision, noted)
  // Twilio sends no further request for a call that rings nowhere
  if (!dial) finish(service, callSid, now)
  return noted

  function isRepeated(): boolean {
    return service.book.hasAnswered(callSid, form)
  }
}

function ringing({ plan }: DialStep): Parameters<typeof noteHop>[1] {
  const { dial, hop, tried, called = '' } = plan
  return { hop, step: `${dial} ${tried.length} ${called}` }
}
