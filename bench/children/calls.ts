import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { startServer } from '../../bin/server.js'
import { status } from '../../routes/callbacks.js'
import { answerTwiml } from '../../routes/twiml-answer.js'
import { voice } from '../../routes/voice.js'
import { load } from '../material/material.js'
import { signedWebhooks } from '../material/webhooks.js'

// `calls.js FILE CALLS`: so many calls that come in and end, handed to the routes' own functions, and the heap after
// each tenth of them. Needs `--expose-gc`.

const [file, calls] = process.argv.slice(2) as [string, string]
const { service } = await startServer(load(file), pino({ level: 'silent' }))
const answer = answerTwiml(service, 'voice', voice(service)) as (request: unknown, reply: unknown) => void
const end = status(service) as (request: unknown, reply: unknown) => void
const webhooks = signedWebhooks(2000, 1000)
const collect = (globalThis as { gc?: () => void }).gc!
const reply = { header: () => reply, type: () => reply, code: () => reply, send: () => reply }

const heap: number[] = []
for (let call = 0; call < Number(calls); call += 1) {
  const callSid = `CA${call.toString(16).padStart(32, '0')}`
  const params = { ...webhooks[call % webhooks.length]!.params, CallSid: callSid }
  answer(request(params, `token-${call}`), reply)
  end(request({ ...params, CallStatus: 'completed' }, ''), reply)
  if ((call + 1) % (Number(calls) / 10) === 0) {
    // what waits for the event loop is let go before it is counted
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    heap.push(process.memoryUsage().heapUsed)
  }
}
process.stdout.write(`${JSON.stringify({ heap, peak: process.resourceUsage().maxRSS * 1024 })}\n`, () =>
  process.exit(),
)

function request(params: Record<string, string>, token: string): Partial<FastifyRequest> {
  return {
    webhook: {
      params,
      query: {},
      target: '/voice',
      signature: '',
      signing: { sharedKey: undefined, hash: 'sha1' },
      signedParams: params,
      rawJson: undefined,
      idempotencyKey: token,
      form: '',
    },
    raw: { url: '/voice', method: 'POST' } as FastifyRequest['raw'],
  }
}
