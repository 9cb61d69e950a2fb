import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import { type Diagnosis, diagnose } from '../src/twilio/diagnosis.js'
import type { Connections } from './connections.js'
import { noteRefused, pathOf } from './refusals.js'
import type { Service } from './service.js'
import { isAuthentic, readWebhook, type Webhook } from './webhook.js'
import type { WebhookBatches } from './webhook-batch.js'

type Done = (error?: Error) => void

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the signature is checked; before that nothing in the request may be trusted. */
    webhook: Webhook
  }
}

/** A pre-handler that lets only Twilio in. Everyone else gets 403 without a reason; the reason is in the log. */
export function checkSignature(service: Service, batches: WebhookBatches, connections: Connections) {
  const afford = limiter(service.now)
  return function checkInBatch(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    batches.join('check', function checkOrFail() {
      try {
        check(request, reply, done)
      } catch (error) {
        done(error as Error)
      }
    })
  }

  function check(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const webhook = readWebhook(request)
    if (isAuthentic(webhook, service.active)) {
      service.signatures.accepted += 1
      service.signatures.firstAt ??= service.now()
      request.webhook = webhook
      connections.trust(request.raw.socket)
      batches.join('decide', done)
    } else refuse(webhook, request, reply)
  }

  function refuse(webhook: Webhook, request: FastifyRequest, reply: FastifyReply): void {
    const { code, says } = afford() ? diagnosisOf(webhook, request, service) : NOT_EXAMINED
    const path = pathOf(webhook.target)
    service.meters.signatureFailure(code)
    service.signatures.refuse(code, { at: service.now(), path, says })
    noteRefused(service, request, {
      kind: 'signature',
      status: 403,
      reason: code,
      message: `signature refused: ${says}`,
      params: webhook.params,
    })
    reply.code(403).send()
  }
}

function diagnosisOf(webhook: Webhook, { headers }: FastifyRequest, { active }: Service): Diagnosis {
  const { publicUrl } = active.config
  return diagnose({
    signature: webhook.signature,
    signing: webhook.signing,
    publicUrl: { protocol: publicUrl.protocol, host: publicUrl.host, pathname: publicUrl.path },
    target: webhook.target,
    host: headers.host,
    forwardedHost: headers['x-forwarded-host'] as string | undefined,
    forwardedPrefix: headers['x-forwarded-prefix'] as string | undefined,
    params: webhook.signedParams,
    isJson: webhook.rawJson !== undefined,
    account: parameter(webhook.params, 'AccountSid'),
    keys: active.keys,
  })
}

const NOT_EXAMINED = {
  code: 'not-examined',
  says: 'one of many in this second, so its cause was not looked for',
} as const

/** How many refused requests a second are examined: one costs as much as forty good ones. */
const EXAMINED_A_SECOND = 20

function limiter(now: () => number): () => boolean {
  let second = 0
  let count = 0
  return function afford() {
    const current = Math.floor(now() / 1000)
    count = current === second ? count + 1 : 1
    second = current
    return count <= EXAMINED_A_SECOND
  }
}
