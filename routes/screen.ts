import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerScreen, calledBy } from '../src/answer.js'
import { parameter, parseCall } from '../src/call/call.js'
import { EMPTY_TWIML } from '../src/xml/document.js'
import { bestEffort, logError } from './best-effort.js'
import type { Service } from './service.js'
import { sendTwiml } from './twiml-answer.js'

/**
 * `/screen`: the callee has answered and is asked first. If the screen is no longer in the config, or on an error of
 * ours, the call is put through: two people are on the line.
 */
export function screen(service: Service) {
  return function answerScreen(request: FastifyRequest, reply: FastifyReply): void {
    sendTwiml(reply, screened(service, request))
  }
}

function screened(service: Service, { webhook }: FastifyRequest): string {
  const callSid = parameter(webhook.params, 'ParentCallSid')
  try {
    const parsed = parseCall(webhook.params, calledBy('screen', webhook))
    const asked = 'call' in parsed && answerScreen(service.active.config, parsed.call, webhook)
    if (!asked) return EMPTY_TWIML
    const { hop, pressed, twiml } = asked
    bestEffort(service, callSid, () => service.log.info({ callSid, hop, digits: pressed }, 'screen'))
    return twiml
  } catch (error) {
    logError(service, 'decision', { err: error, callSid }, 'the screen failed; the call is put through')
    return EMPTY_TWIML
  }
}
