import type { FastifyReply, FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import { logError } from './best-effort.js'
import type { Service } from './service.js'
import { isTraced, traceWebhook } from './spans.js'
import type { DecisionTime } from './twiml-answer.js'
import type { WebhookBatches } from './webhook-batch.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** `performance.now()` of its arrival. */
    arrived: number
  }
}

/** Hooks that see each webhook to one path from its arrival to its answer: it is counted, timed, traced and kept. */
export function webhookHooks(service: Service, batches: WebhookBatches, path: string) {
  const count = service.meters.webhook(path)
  const traced = isTraced()
  return { onRequest: arrive, onSend: leave }

  function arrive(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
    request.arrived = performance.now()
    done()
  }

  function leave(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: () => void): void {
    const began = request.arrived
    const ended = performance.now()
    try {
      count(reply.statusCode, (ended - began) / 1000)
      if (request.webhook) {
        if (reply.statusCode < 400) service.refusals.heard()
        keep(request, reply.statusCode, payload, { began, ended })
      }
    } catch (error) {
      // an error in what is noted does not cost the call its answer
      logError(service, 'noting', { err: error, path }, 'a webhook was answered, but not noted')
    }
    batches.join('send', done)
  }

  /** Only what was signed comes here. */
  function keep(request: FastifyRequest, status: number, payload: unknown, took: DecisionTime): void {
    const { decided, webhook } = request
    const { params, idempotencyKey, form } = webhook
    const callSid = decided?.callSid ?? (parameter(params, 'ParentCallSid') || parameter(params, 'CallSid'))
    if (traced) traceWebhook({ callSid, path, method: request.method, status, decided, ...took }, service)
    const call = service.book.find(callSid)
    if (!call) return
    const noted = {
      at: service.now(),
      path,
      status,
      decision: decided?.note,
      idempotencyKey,
      form,
      twiml: typeof payload === 'string' ? payload : '',
    }
    service.book.noteWebhook(call, noted, service.active.config.secrets)
  }
}
