import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter, parseCall } from '../src/call/call.js'
import { readCalled, readPlan } from '../src/routing/plan.js'
import { screenFor } from '../src/routing/screen-for.js'
import { screenedTwiml, screenTwiml } from '../src/twiml/screen.js'
import { EMPTY_TWIML } from '../src/twiml/writer.js'
import type { Service } from './service.js'
import { sendTwiml } from './twiml-answer.js'

/**
 * `/screen`: the callee has answered and is asked first. A screen that is no longer in the config puts the call
 * through: two people are on the line.
 */
export function screen(service: Service) {
  return function answerScreen({ webhook, raw }: FastifyRequest, reply: FastifyReply): void {
    const { config } = service.active
    const plan = readPlan(webhook.query)
    const parsed = parseCall(webhook.params, readCalled(webhook.query))
    const asked = plan && 'call' in parsed ? screenFor(config, plan, parsed.call) : undefined
    if (!asked) {
      sendTwiml(reply, EMPTY_TWIML)
      return
    }
    const digits = parameter(webhook.params, 'Digits')
    const url = config.publicUrl.origin + raw.url!
    service.log.info(
      { callSid: parameter(webhook.params, 'ParentCallSid'), hop: plan!.hop, digits: digits !== '' },
      'screen',
    )
    sendTwiml(
      reply,
      digits === '' ? screenTwiml(asked.screen, asked.text, url) : screenedTwiml(asked.screen, digits),
    )
  }
}
