import twilio from 'twilio'
import { create } from 'xmlbuilder2'
import { TwimlWriter } from '../../src/actions/twiml-writer.js'
import { type Call, parseCall } from '../../src/call/call.js'
import { decide } from '../../src/decide.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { lookUp } from '../../src/numbers/number-index.js'
import { parseForm } from '../../src/twilio/form.js'
import { isSigned, signingKey } from '../../src/twilio/signature.js'
import { TOKEN, writeConfig } from '../material/config.js'
import { load } from '../material/material.js'
import { type SignedWebhook, signedWebhooks } from '../material/webhooks.js'
import type { Measure } from '../measure.js'
import { nanoseconds } from '../process/time.js'
import { median, number, withSpread } from '../statistics.js'

const ROUNDS = 15
const NUMBERS = [10, 1000, 100_000]
const URL = 'https://voice.example.com/voice'

/** One thing at a time, in this process. */
export const pieces: Measure = async (folder) => {
  const webhooks = signedWebhooks(2000, 100_000)
  const results = {
    ...nanoseconds(readingPieces(webhooks), ROUNDS),
    ...nanoseconds(decisionPieces(folder), ROUNDS),
  }
  const whole = median(results[DECISION(100_000)]!)
  return {
    title: 'One thing at a time',
    method: `Nanoseconds of CPU a call, median of ${ROUNDS} rounds (least and most), 2,000 different webhooks by turns. What other libraries take for the same is next to it.`,
    tables: [
      {
        columns: ['', 'ns a call'],
        rows: Object.entries(results).map(([name, ns]) => [name, withSpread(ns)]),
      },
    ],
    targets: [
      {
        what: 'decision + TwiML alone, 100,000 numbers',
        atLeast: 'under 5 µs',
        measured: `${number(whole / 1000, 2)} µs`,
        met: whole < 5000,
      },
    ],
  }
}

/** Gives the items one after the other, for ever. */
function inTurn<T>(items: readonly T[]): () => T {
  let at = 0
  return function next() {
    at = at + 1 < items.length ? at + 1 : 0
    return items[at]!
  }
}

function readingPieces(webhooks: readonly SignedWebhook[]): Record<string, () => unknown> {
  const keys = [signingKey(TOKEN)]
  const next = inTurn(webhooks.map((webhook) => ({ ...webhook, form: parseForm(webhook.body) })))
  const wrong = `${'A'.repeat(27)}=`
  return {
    form: () => parseForm(next().body),
    'form, URLSearchParams': () => Object.fromEntries(new URLSearchParams(next().body)),
    'signature, right': () => signed(next()),
    'signature, wrong': () => isSigned(keys, wrong, URL, next().form),
    'signature, right, Twilio SDK': () => {
      const { signature, params } = next()
      return twilio.validateRequest(TOKEN, signature, URL, params)
    },
    'parameters of the call': () => parseCall(next().form),
  }

  function signed({ signature, form }: { signature: string; form: ReturnType<typeof parseForm> }): boolean {
    if (!isSigned(keys, signature, URL, form)) throw new Error('a right signature is refused')
    return true
  }
}

const DECISION = (numbers: number) => `decision and TwiML, ${number(numbers)} numbers`

function decisionPieces(folder: string): Record<string, () => unknown> {
  const all: Record<string, () => unknown> = {}
  for (const numbers of NUMBERS) {
    const { config, next } = callsTo(folder, numbers)
    const writer = new TwimlWriter(config.publicUrl)
    all[`look-up, ${number(numbers)} numbers`] = () => lookUp(config.numbers, next().to)
    all[`decision, ${number(numbers)} numbers`] = () => decide(config, next(), 0, ALL_UP)
    all[DECISION(numbers)] = () => writer.write(decide(config, next(), 0, ALL_UP).steps)
  }
  const { config, next } = callsTo(folder, 10)
  const writer = new TwimlWriter(config.publicUrl)
  const steps = inTurn(Array.from({ length: 2000 }, () => decide(config, next(), 0, ALL_UP).steps))
  all.TwiML = () => writer.write(steps())
  all['TwiML, xmlbuilder2 on every call'] = () => built(next())
  all['TwiML, VoiceResponse of the SDK'] = () => voiceResponse(next())
  return all
}

function callsTo(folder: string, numbers: number): { config: Config; next: () => Call } {
  const routes = Math.min(numbers, 1000)
  const size = { routes, numbers, listed: 'csv', ownUriEvery: 0 } as const
  const config = load(writeConfig(folder, `pieces-${numbers}`, size))
  return { config, next: inTurn(signedWebhooks(2000, numbers).map(callOf)) }
}

function callOf({ params }: SignedWebhook): Call {
  const parsed = parseCall(params)
  if ('missing' in parsed) throw new Error(parsed.missing.join())
  return parsed.call
}

function voiceResponse({ to, from }: Call): string {
  const response = new twilio.twiml.VoiceResponse()
  response
    .dial({
      timeout: 20,
      answerOnBridge: true,
      action: 'https://voice.example.com/dialed',
      callerId: '+16661000000',
    })
    .sip(
      {
        statusCallback: 'https://voice.example.com/status?endpoint=frankfurt',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      },
      `sip:${to.text}@fra.pbx.example.com;transport=tls;region=de1?X-Caller=${encodeURIComponent(from.text)}`,
    )
  return response.toString()
}

function built({ to, from }: Call): string {
  return create({ version: '1.0', encoding: 'UTF-8' })
    .ele('Response')
    .ele('Dial', {
      timeout: '20',
      answerOnBridge: 'true',
      action: 'https://voice.example.com/dialed',
      callerId: '+16661000000',
    })
    .ele('Sip', {
      statusCallback: 'https://voice.example.com/status?endpoint=frankfurt',
      statusCallbackEvent: 'initiated ringing answered completed',
    })
    .txt(
      `sip:${to.text}@fra.pbx.example.com;transport=tls;region=de1?X-Caller=${encodeURIComponent(from.text)}`,
    )
    .end()
}
