import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter, parseCall } from '../src/call/call.js'
import { screenFor } from '../src/decide.js'
import { readCalled, readPlan } from '../src/dial/plan.js'
import { screenedTwiml, screenTwiml } from '../src/dial/screen.js'
import { EMPTY_TWIML } from '../src/xml/document.js'
import { bestEffort, logError } from './best-effort.js'
import type { Service } from './service.js'
import { sendTwiml } from './twiml-answer.js'

/**
 * `/screen`: the callee has answered and is asked first. A screen that is no longer in the config puts the call
 * through, as does an error of ours: two people are on the line.
 */
export function screen(service: Service) {
  return function answerScreen(request: FastifyRequest, reply: FastifyReply): void {
    sendTwiml(reply, screened(service, request))
  }
}

function screened(service: Service, { webhook, raw }: FastifyRequest): string {
  const callSid = parameter(webhook.params, 'ParentCallSid')
  try {
    const { config } = service.active
    const plan = readPlan(webhook.query)
    const parsed = parseCall(webhook.params, readCalled(webhook.query))
    const asked = plan && 'call' in parsed ? screenFor(config, plan, parsed.call) : undefined
    if (!asked) return EMPTY_TWIML
    const digits = parameter(webhook.params, 'Digits')
    bestEffort(service, callSid, () =>
      service.log.info({ callSid, hop: plan!.hop, digits: digits !== '' }, 'screen'),
    )
    if (digits !== '') return screenedTwiml(asked.screen, digits)
    return screenTwiml(asked.screen, asked.text, config.publicUrl.origin + raw.url!)
  } catch (error) {
    logError(service, 'decision', { err: error, callSid }, 'the screen failed; the call is put through')
    return EMPTY_TWIML
  }
}
