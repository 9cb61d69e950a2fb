import formbody from '@fastify/formbody'
import type { FastifyError, FastifyInstance, RouteHandlerMethod } from 'fastify'
import { recording, status } from './callbacks.js'
import type { Connections } from './connections.js'
import { dialed } from './dialed.js'
import { outbound } from './outbound.js'
import { recorded } from './recorded.js'
import { refer, referredTo } from './refer.js'
import { screen } from './screen.js'
import type { Service } from './service.js'
import { checkSignature } from './signature.js'
import { isTraced } from './spans.js'
import { answerTwiml } from './twiml-answer.js'
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
    service.log.warn(
      { path: request.routeOptions.url, reason: error.code ?? error.message },
      'request refused',
    )
    reply.code(error.statusCode ?? 500).send()
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

function handlers(service: Service): Record<string, RouteHandlerMethod> {
  return {
    '/voice': answerTwiml(service, voice(service)),
    '/dialed': answerTwiml(service, dialed(service)),
    '/outbound': answerTwiml(service, outbound(service)),
    '/recorded': answerTwiml(service, recorded(service)),
    '/refer': answerTwiml(service, refer(service), referredTo),
    '/screen': screen(service),
    '/status': status(service),
    '/recording': recording(service),
  }
}
