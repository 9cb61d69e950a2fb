import formbody from '@fastify/formbody'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { ANSWERS, type AnswerPath, failedPage } from '../src/answer.js'
import { recording, status } from './callbacks.js'
import type { Connections } from './connections.js'
import { dialed } from './dialed.js'
import { refer } from './refer.js'
import { noteRefused } from './refusals.js'
import { screen } from './screen.js'
import type { Service } from './service.js'
import { checkSignature } from './signature.js'
import { isTraced } from './spans.js'
import { answerTwiml, decideWith } from './twiml-answer.js'
import { voice } from './voice.js'
import { readForm } from './webhook.js'
import { BY_ITSELF, WebhookBatch } from './webhook-batch.js'
import { webhookHooks } from './webhook-hooks.js'

/** Everything that Twilio requests, under the path of `publicUrl`. All of it is signed. */
export function twilio(
  app: FastifyInstance,
  { service, connections }: { service: Service; connections: Connections },
  done: (error?: Error) => void,
): void {
  app.removeAllContentTypeParsers()
  app.register(formbody, { parser: readForm })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) =>
    parsed(null, body),
  )
  app.setErrorHandler<FastifyError>(function refuse(error, request, reply) {
    const { code, message, statusCode: status } = error
    const reason = code ?? message
    if (status === undefined) service.log.error({ path: request.routeOptions.url, reason }, 'request failed')
    else noteRefused(service, request, { kind: 'body', status, reason, message: 'request refused' })
    reply.code(status ?? 500).send()
  })
  app.decorateRequest('webhook')
  app.decorateRequest('arrived', 0)
  app.decorateRequest('decided')
  const batches = isTraced() ? BY_ITSELF : new WebhookBatch()
  app.addHook('preHandler', checkSignature(service, batches, connections))
  for (const [url, handler] of Object.entries(handlers(service)))
    app.route({
      method: ['GET', 'POST'],
      url,
      handler,
      exposeHeadRoute: false,
      ...webhookHooks(service, batches, url),
    })
  done()
}

/** What answers each page, once the signature is checked. */
export function handlers(service: Service): Record<string, RouteHandlerMethod> {
  const pages = {
    voice: answerTwiml(service, 'voice', voice(service)),
    dialed: answerTwiml(service, 'dialed', dialed(service)),
    outbound: answerTwiml(service, 'outbound', decideWith(service, ANSWERS.outbound)),
    recorded: answerTwiml(service, 'recorded', decideWith(service, ANSWERS.recorded)),
    refer: answerTwiml(service, 'refer', refer(service)),
    screen: screen(service),
  }
  return {
    ...Object.fromEntries(Object.entries(pages).map(([path, page]) => [`/${path}`, page])),
    '/voice': orFailedPage(pages),
    '/status': status(service),
    '/recording': recording(service),
  }
}

type Page = (request: FastifyRequest, reply: FastifyReply) => void

/**
 * `/voice` is also where Twilio asks when another dialsip fails in the middle of a call; then it is answered as the page
 * that failed would have been.
 */
function orFailedPage(pages: Readonly<Record<AnswerPath | 'screen', Page>>): Page {
  return function answerVoice(request, reply) {
    const failed = failedPage(request.webhook.params)
    if (failed) request.webhook = { ...request.webhook, query: failed.query }
    pages[failed?.path ?? 'voice'](request, reply)
  }
}
