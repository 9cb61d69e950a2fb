import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { type Answer, IdempotentAnswers, KeyReused } from '../../src/outbound/idempotency.js'
import { checkQuery } from './body.js'
import { refusedAnswer } from './call-answers.js'
import { OutboundCalls } from './outbound-calls.js'
import type { AdminPlugin } from './plugin.js'
import { WORLD } from './world.js'

/** `POST /api/calls` places a call; below `/api/calls/{sid}` a call is looked at and ended. */
export const callsApi: AdminPlugin = (app, { service }, done) => {
  const answers = new IdempotentAnswers()
  const outbound = new OutboundCalls(service, WORLD)

  app.post('/api/calls', async function createCall(request, reply) {
    const { body } = request
    const checked = checkCallRequest(body, service.active.config)
    if (!checked.request) return send(reply, refusedAnswer(checked))
    const { request: call, warnings } = checked
    const key = request.headers['idempotency-key'] as string | undefined
    // who has gone may ask again: by a key they get this answer then, without one they would get a second call
    const isAwaited = () => key !== undefined || !request.socket.destroyed
    const place = () => outbound.place(call, warnings, isAwaited)
    return send(reply, key === undefined ? await place() : await placeOnce(key, body, place))
  })

  app.get('/api/outbound', () => outbound.line())

  app.get('/api/calls/:sid', async (request: CallRoute, reply) =>
    send(reply, await outbound.show(of(request))),
  )
  app.post('/api/calls/:sid/cancel', async (request: CallRoute, reply) =>
    send(reply, await outbound.end(of(request), 'canceled')),
  )
  app.post('/api/calls/:sid/complete', async (request: CallRoute, reply) =>
    send(reply, await outbound.end(of(request), 'completed')),
  )
  done()

  async function placeOnce(key: string, body: unknown, place: () => Promise<Answer>): Promise<Answer> {
    if (key.length > LONGEST_KEY) return { status: 422, body: { error: KEY_TOO_LONG }, harmless: true }
    const content = createHash('sha256').update(JSON.stringify(body)).digest('hex')
    try {
      return await answers.answer(key, content, service.now(), place)
    } catch (error) {
      if (error instanceof KeyReused) return { status: 422, body: { error: error.message }, harmless: true }
      throw error
    }
  }
}

/** Ten thousand of them are kept. */
const LONGEST_KEY = 255
const KEY_TOO_LONG = `an Idempotency-Key has at most ${LONGEST_KEY} characters`

type CallRoute = FastifyRequest<{ Params: { sid: string }; Querystring: { account?: string } }>

function of({ params, query }: CallRoute): { sid: string; account: string | undefined } {
  checkQuery(query, ['account'])
  return { sid: params.sid, account: query.account }
}

function send(reply: FastifyReply, { status, body, retryAfter }: Answer): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  return reply.code(status).send(body)
}
