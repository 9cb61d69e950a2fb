import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { publicApp } from '../../routes/public-app.js'
import { createService } from '../../routes/service.js'
import type { Config } from '../../src/model/config.js'
import { Health } from '../../src/state/health.js'
import { signatureOf } from '../../src/twilio/signature.js'
import { ACCOUNT, type GoldenCall, TOKEN } from './golden-case.js'
import { attributeOf, prettyTwiml } from './twiml-text.js'

type Params = Readonly<Record<string, string>>

/** Monday, half past ten in Berlin, when a call does not say. */
const USUAL_TIME = '2026-11-16T10:30:00+01:00'

/** What came of a call: its steps with their TwiML as text for people, and the documents as Twilio gets them. */
export interface Placed {
  readonly text: string
  readonly documents: readonly string[]
}

/** Places a call as Twilio does, signed, and follows its TwiML. */
export async function placeCall(config: Config, call: GoldenCall, number: number): Promise<Placed> {
  const warnings: string[] = []
  const documents: string[] = []
  const app = appFor(config, call, warnings)
  const params = {
    AccountSid: ACCOUNT,
    ApiVersion: '2010-04-01',
    CallSid: `CA${String(number).padStart(32, '0')}`,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: call.from ?? '+15557650002',
    To: call.to,
    ...call.params,
  }
  const title = [params.To, 'from', params.From, ...(call.at ? ['at', call.at] : [])].join(' ')
  let twiml = await request(app, `${config.publicUrl.href}/voice`, params)
  const parts = [`# ${title}\n${shown(twiml)}`]
  for (const step of call.then ?? []) {
    const answer = await follow(app, String(step), twiml, params, config)
    // a screened leg is the callee's: the caller's document stays the one to follow
    if (!/^(screen|press)/.test(String(step))) twiml = answer
    parts.push(`# ${step}\n${shown(answer)}`)
  }
  return { text: parts.join('\n'), documents }

  function shown(document: string): string {
    documents.push(document)
    const said = warnings.splice(0).map((warning) => `warning: ${warning}\n`)
    return said.join('') + prettyTwiml(document)
  }
}

function appFor(
  config: Config,
  { at = USUAL_TIME, down = [], drained = [] }: GoldenCall,
  warnings: string[],
) {
  const health = new Health()
  const now = Date.parse(at)
  for (const endpoint of down) for (let n = 0; n < 3; n += 1) health.note(endpoint, 'unreachable', now)
  for (const endpoint of drained) health.drain(endpoint, 'by hand')
  const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(JSON.parse(line).msg) })
  const service = createService(config, log, { health, now: () => now })
  return publicApp(service, () => ({ ready: true, why: 'ok' }))
}

/** What Twilio does next: reports the outcome of a dial, runs a screen, sends digits, a recording or a REFER. */
async function follow(
  app: FastifyInstance,
  step: string,
  twiml: string,
  params: Params,
  { publicUrl }: Config,
): Promise<string> {
  const [word = '', argument = ''] = step.split(' ')
  const leg = { CallSid: `CA${'c'.repeat(32)}`, ParentCallSid: params.CallSid!, CallStatus: 'in-progress' }
  if (word === 'screen') return request(app, attributeOf(twiml, 'url'), { ...params, ...leg })
  if (word === 'press')
    return request(app, attributeOf(twiml, 'url'), { ...params, ...leg, Digits: argument })
  if (word === 'recorded')
    return request(app, attributeOf(twiml, 'action'), {
      ...params,
      RecordingUrl: 'https://api.twilio.com/r',
      Digits: argument,
    })
  if (word === 'refer')
    return request(app, attributeOf(twiml, 'referUrl'), { ...params, ReferTransferTarget: argument })
  if (word === 'ringing') {
    const endpoint = new URL(attributeOf(twiml, 'statusCallback')).searchParams.get('endpoint')!
    const status = `${publicUrl.href}/status?endpoint=${encodeURIComponent(endpoint)}`
    await request(app, status, { ...params, ...leg, CallStatus: 'ringing' })
    return twiml
  }
  return request(app, attributeOf(twiml, 'action'), { ...params, ...outcomeOf(word) })
}

/**
 * `503` is what the SIP side answered, `no-answer` what Twilio says without one; `unbridged` is a screen not accepted;
 * in `left` and `canceled` the caller hangs up, in `leg-canceled` the leg is cancelled and the caller waits.
 */
function outcomeOf(word: string): Params {
  if (word in CALLERS) return CALLERS[word]!
  if (word === 'unbridged')
    return { DialCallStatus: 'completed', DialSipResponseCode: '200', DialBridged: 'false' }
  if (!/^\d+$/.test(word)) return { DialCallStatus: word }
  const status = STATUSES[word] ?? 'failed'
  return { DialCallStatus: status, DialSipResponseCode: word, DialBridged: String(status === 'completed') }
}

const CALLERS: Readonly<Record<string, Params>> = {
  left: { DialCallStatus: 'no-answer', CallStatus: 'completed' },
  canceled: { DialCallStatus: 'canceled', CallStatus: 'completed' },
  'leg-canceled': { DialCallStatus: 'canceled', CallStatus: 'in-progress' },
}

const STATUSES: Params = { 200: 'completed', 486: 'busy', 600: 'busy', 480: 'no-answer', 487: 'no-answer' }

async function request(app: FastifyInstance, url: string, params: Params): Promise<string> {
  const { pathname, search } = new URL(url)
  const { payload } = await app.inject({
    method: 'POST',
    url: pathname + search,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(TOKEN, url, params),
    },
    payload: new URLSearchParams(params).toString(),
  })
  return payload
}
