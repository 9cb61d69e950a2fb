import { readFileSync } from 'node:fs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { assetText, packConfig, seal } from '../../routes/config-asset.js'
import type { handlerFor } from '../../routes/function.js'
import { createService } from '../../routes/service.js'
import { handlers } from '../../routes/twilio.js'
import type { Config } from '../../src/model/config.js'
import { Health } from '../../src/state/health.js'
import { Limits } from '../../src/state/limits.js'
import { parseForm } from '../../src/twilio/form.js'
import { Answered, ask } from './function-bundle.js'
import { GOLDEN_ENV, type GoldenCall, loadCase, readCase } from './golden-case.js'

/** One of Twilio's requests. */
export interface TwilioRequest {
  readonly page: string
  readonly query: string
  readonly params: Readonly<Record<string, string>>
}

/** A config that a server and an exported function have both. */
export interface World {
  readonly name: string
  readonly calls: readonly GoldenCall[]
  readonly accountSid: string
  /** The TwiML of the server at a time, under the base URL of the function. */
  server(request: TwilioRequest, now: number): string
  /** The TwiML of the function, now. */
  bundle(request: TwilioRequest): unknown
}

export const BASE = 'https://voice.example.com'

export const LABEL = { revision: 'r', version: '1.2.3', digest: 'd' }

const PAGES = ['voice', 'dialed', 'recorded', 'refer', 'screen']

/** The world of a golden file. */
export function worldOf(file: string, handlersOf: typeof handlerFor): World {
  const golden = readCase(readFileSync(file, 'utf8'))
  const { config } = loadCase(golden)
  const asset = assetText(packConfig(loadCase(golden, { seal }).config!), LABEL)
  return {
    name: file,
    calls: golden.calls,
    accountSid: config!.accounts[0]!.sid,
    server: serverOf(config!),
    bundle: bundleOf(asset, handlersOf),
  }
}

/** Nobody is ejected and nothing is full: a function knows of neither. */
function serverOf(config: Config): World['server'] {
  let clock = 0
  const service = createService(config, pino({ level: 'silent' }), {
    now: () => clock,
    health: Object.assign(new Health(), { standing: () => 'up' as const }),
    limits: Object.assign(new Limits(), { isFull: () => false }),
  })
  const pages = handlers(service) as unknown as Record<string, (request: unknown, reply: unknown) => void>
  return function answer({ page, query, params }, now) {
    clock = now
    const webhook = {
      params,
      query: parseForm(query),
      target: `/${page}?${query}`,
      idempotencyKey: '',
      form: '',
    }
    let sent = ''
    const reply = {
      header: () => reply,
      type: () => reply,
      code: () => reply,
      send: (text: string) => (sent = text),
    }
    pages[`/${page}`]!({ webhook } as unknown as FastifyRequest, reply as unknown as FastifyReply)
    return sent.replaceAll(config.publicUrl.href, BASE)
  }
}

function bundleOf(asset: string, handlersOf: typeof handlerFor): World['bundle'] {
  const context = { ...GOLDEN_ENV, DOMAIN_NAME: new URL(BASE).host }
  const pages = new Map(
    PAGES.map((page) => [page, handlersOf(page, { open: () => asset, Response: Answered })]),
  )
  return function answer({ page, query, params }) {
    return ask(pages.get(page)!, context, { ...parseForm(query), ...params }).body
  }
}

/** The URLs of a document that Twilio may request next. */
export function nextPages(twiml: string): { readonly page: string; readonly query: string }[] {
  return [...twiml.matchAll(/"[^"]*\/(dialed|recorded|screen|refer)\?([^"]*)"/g)].map(([, page, query]) => ({
    page: page!,
    query: query!.replaceAll('&amp;', '&'),
  }))
}
