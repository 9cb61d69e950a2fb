import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { callRequestSchema } from '../../src/outbound/call-request.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { type Answer, IdempotentAnswers, KeyReused } from '../../src/outbound/idempotency.js'
import { callStateSchema } from '../../src/rest/account-api.js'
import { failureSchema, findingSchema, refusedAnswer, refusedSchema } from './call-answers.js'
import { serve } from './operation.js'
import { OutboundCalls } from './outbound-calls.js'
import type { AdminPlugin } from './plugin.js'
import { WORLD } from './world.js'

/** Ten thousand of them are kept. */
const LONGEST_KEY = 255
const KEY_TOO_LONG = `an Idempotency-Key has at most ${LONGEST_KEY} characters`

const createHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .max(LONGEST_KEY)
    .optional()
    .describe(
      'A request that comes again with the same key gets the answer of the first and places no second call. Kept for 24 hours by the replica that got it.',
    ),
})

const placedCall = callStateSchema
  .extend({ account: z.string().describe('Its SID'), warnings: z.array(findingSchema) })
  .meta({ id: 'PlacedCall' })

const ofTwilio = {
  description: 'Twilio’s refusal, with its own status, or why it could not be asked',
  schema: failureSchema,
}

/** Twilio’s own status may be any of an error. */
const refusedByTwilio = { 400: ofTwilio, 403: ofTwilio, 404: ofTwilio, 503: ofTwilio, default: ofTwilio }

const onCall = {
  tag: 'calls',
  params: z.object({
    sid: z.string().regex(/^CA[0-9a-fA-F]{32}$/, 'a call SID, CA and 32 hexadecimal digits'),
  }),
  query: z.strictObject({
    account: z
      .string('one SID or name')
      .optional()
      .describe('SID or name of the account; default: the first of the config'),
  }),
  answer: { description: 'The call as it is now', schema: callStateSchema },
  errors: refusedByTwilio,
} as const

/** `POST /api/calls` places a call; below `/api/calls/{sid}` a call is looked at and ended. */
export const callsApi: AdminPlugin = (app, { service }, done) => {
  const answers = new IdempotentAnswers()
  const outbound = new OutboundCalls(service, WORLD)

  serve(
    app,
    {
      method: 'POST',
      path: '/api/calls',
      id: 'createCall',
      tag: 'calls',
      summary: 'Places a call to a SIP endpoint',
      description: 'Waits for its turn when more calls than `outbound.cps` a second are asked for.',
      headers: createHeaders,
      body: {
        description: 'The call',
        schema: callRequestSchema,
        required: true,
        isCheckedByHandler: true,
      },
      answer: { status: 201, description: 'Twilio has the call', schema: placedCall },
      errors: {
        ...refusedByTwilio,
        422: {
          description:
            'Everything that is wrong with the request; Twilio was not asked. Or the key belongs to another request',
          schema: refusedSchema,
        },
        429: {
          description: 'Too many calls wait here, or Twilio has too many requests',
          schema: failureSchema,
        },
        503: {
          description:
            'Twilio was not reached and no call is placed, if `effect` is `none`; else its own 503',
          schema: failureSchema,
        },
        504: {
          description: 'Twilio gave no answer; the call may have been placed all the same',
          schema: failureSchema,
        },
      },
    },
    async function createCall({ request }, reply) {
      const { body, headers, socket } = request
      const checked = checkCallRequest(body, service.active.config)
      if (!checked.request) return send(reply, refusedAnswer(checked))
      const { request: call, warnings } = checked
      const key = headers['idempotency-key'] as string | undefined
      // a client that has gone may ask again: with a key it gets this answer, without one it would get a second call
      const isAwaited = () => key !== undefined || !socket.destroyed
      const place = () => outbound.place(call, warnings, isAwaited)
      return send(reply, key === undefined ? await place() : await placeOnce(key, body, place))
    },
  )

  serve(
    app,
    {
      method: 'GET',
      path: '/api/outbound',
      id: 'getOutboundLine',
      tag: 'calls',
      summary: 'How many outbound calls wait for their turn',
      answer: {
        description: 'The line',
        schema: z.object({ cps: z.number().describe('Calls a second and account'), waiting: z.int() }),
      },
    },
    () => outbound.line(),
  )

  serve(
    app,
    { method: 'GET', path: '/api/calls/:sid', id: 'getCall', summary: 'The state of a call', ...onCall },
    async ({ params, query }, reply) =>
      send(reply, await outbound.show({ ...params, account: query.account })),
  )
  for (const [verb, status, id, summary] of [
    ['cancel', 'canceled', 'cancelCall', 'Ends a call that is queued or rings'],
    ['complete', 'completed', 'completeCall', 'Ends a call'],
  ] as const)
    serve(
      app,
      { method: 'POST', path: `/api/calls/:sid/${verb}`, id, summary, ...onCall },
      async ({ params, query }, reply) =>
        send(reply, await outbound.end({ ...params, account: query.account }, status)),
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

function send(reply: FastifyReply, { status, body, retryAfter }: Answer): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  return reply.code(status).send(body)
}
