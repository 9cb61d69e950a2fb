import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { type PublicUrl, WEBHOOK_PATHS, webhookPathOf } from '../src/model/config.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { logError } from './best-effort.js'
import type { RefusalKind } from './meters.js'
import type { Service } from './service.js'

/** So many lines at once, then one a second: a flood fills no disk. */
const BURST = 20

/** Once webhooks come in, one line a minute says how to fix what is refused. */
const HELP_MS = 60_000

/** Decides which refused requests are still logged, and which get a help. */
export class Refusals {
  #lines = BURST
  #since = Number.NEGATIVE_INFINITY
  #leftOut = 0
  #heard = false
  #helped = Number.NEGATIVE_INFINITY

  /** A webhook was answered, so the URL at Twilio, `publicUrl` and the tokens fit. */
  heard(): void {
    this.#heard = true
  }

  /** Undefined when there are too many; else how many were left out before, and whether help is due. */
  admit(now: number): { readonly leftOut: number; readonly helps: boolean } | undefined {
    this.#lines = Math.min(BURST, this.#lines + Math.max(0, now - this.#since) / 1000)
    this.#since = now
    if (this.#lines < 1) {
      this.#leftOut += 1
      return undefined
    }
    this.#lines -= 1
    const leftOut = this.#leftOut
    this.#leftOut = 0
    const helps = !this.#heard || Math.abs(now - this.#helped) >= HELP_MS
    if (helps) this.#helped = now
    return { leftOut, helps }
  }
}

/** A request that is refused, in dialsip's own words. */
interface Refused {
  readonly kind: RefusalKind
  readonly status: number
  /** A code or a few words, for the log. */
  readonly reason: string
  readonly message: string
  readonly params?: WebhookParameters | undefined
}

/**
 * Counts a refused request that looks like one of Twilio's, and logs it with what was asked and where this config
 * listens. Any other request is logged only if it came to one of our paths.
 */
export function noteRefused(service: Service, request: FastifyRequest, refused: Refused): void {
  try {
    const isOfTwilio = looksLikeTwilio(request, refused.params)
    if (isOfTwilio) service.meters.refused(refused.kind)
    if (isOfTwilio || !ELSEWHERE.includes(refused.kind)) log(service, request, refused, isOfTwilio)
  } catch (error) {
    logError(service, 'noting', { err: error }, 'a refused request was not noted')
  }
}

const ELSEWHERE: readonly RefusalKind[] = ['path', 'method']

function log(service: Service, request: FastifyRequest, refused: Refused, isOfTwilio: boolean): void {
  const admitted = service.refusals.admit(service.now())
  if (!admitted) return
  const { kind, status, reason, message } = refused
  const { publicUrl } = service.active.config
  const path = pathOf(request.raw.url!)
  service.log.warn(
    {
      method: request.raw.method,
      path: path.slice(0, LONGEST_PATH),
      status,
      reason,
      address: request.ip,
      listens: `${publicUrl.href}/voice`,
      leftOut: admitted.leftOut || undefined,
      help: isOfTwilio && admitted.helps ? HELP[kind](publicUrl, path) : undefined,
    },
    message,
  )
}

/** In characters; a request may bring a path of many kilobytes. */
const LONGEST_PATH = 200

/** A query may hold secrets, so it is not logged. */
export function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end < 0 ? target : target.slice(0, end)
}

/** Nothing that was asked is repeated in here: anyone may have written it. */
const HELP: Readonly<Record<RefusalKind, (publicUrl: PublicUrl, path: string) => string>> = {
  path: pathHelp,
  method: () => 'set the method of the URL at Twilio to POST',
  signature: ({ href }) =>
    `see that the URL of the number at Twilio is ${href}/voice, to the letter, and that authTokens has the auth token of its account`,
  parameters: ({ href }) =>
    `a call brings CallSid, AccountSid and To: see what else than a phone number is set to ${href}, or whether a proxy removes them`,
  body: () => 'Twilio sends forms of a few kB: see whether a proxy changes them',
}

function pathHelp({ href, origin, path: own }: PublicUrl, path: string): string {
  const atTwilio = `set the URL of the number at Twilio to ${href}/voice; dialsip numbers shows what each has`
  const page = webhookPathOf(own)
  if (page)
    return `publicUrl ends in ${page}, which dialsip adds by itself: write publicUrl: ${origin}${own.slice(0, -page.length)}`
  if (own !== '' && isWebhookPath(path, ''))
    return `publicUrl has the path ${own}, which was not asked for: let the proxy pass it on, or ${atTwilio}`
  return atTwilio
}

function isWebhookPath(path: string, own: string): boolean {
  return WEBHOOK_PATHS.some((page) => path.replace(/\/$/, '') === own + page)
}

/** A request to which no route leads: another path than ours, or another method than Twilio uses. */
export function noteNotFound(service: Service, request: FastifyRequest): void {
  const isOurs = isWebhookPath(pathOf(request.raw.url!), service.active.config.publicUrl.path)
  noteRefused(
    service,
    request,
    isOurs
      ? {
          kind: 'method',
          status: 404,
          reason: 'method',
          message: 'request refused: only GET and POST are answered here',
        }
      : {
          kind: 'path',
          status: 404,
          reason: 'path',
          message: 'request refused: this config does not listen at this path',
        },
  )
}

const PARAMETERS = ['CallSid', 'AccountSid']

const NAMED = new RegExp(`[?&](?:${PARAMETERS.join('|')})=`)

/** By its signature, its name (`TwilioProxy/1.1`) or its parameters. It proves nothing, and nothing is let in by it. */
function looksLikeTwilio({ headers, raw, body }: FastifyRequest, params?: WebhookParameters): boolean {
  if (headers['x-twilio-signature'] !== undefined || /^TwilioProxy\//.test(headers['user-agent'] ?? ''))
    return true
  if (PARAMETERS.some((name) => params?.[name] !== undefined)) return true
  return NAMED.test(raw.url!) || (typeof body === 'string' && NAMED.test(`&${body}`))
}

/** As much of a form as Twilio's parameters begin in. */
const BEGINNING = 4096

/** Reads the beginning of a form that no route takes, to see whose it is. Never fails: the answer is 404, whatever comes. */
export function readBeginning(
  _request: FastifyRequest,
  payload: IncomingMessage,
  done: (error: null, text: string) => void,
): void {
  let text = ''
  payload.on('data', add)
  payload.once('end', finish)
  payload.once('close', finish)

  function add(chunk: Buffer): void {
    text += chunk.toString('latin1', 0, BEGINNING)
    if (text.length >= BEGINNING) finish()
  }

  function finish(): void {
    payload.off('data', add).off('end', finish).off('close', finish).resume()
    done(null, text)
  }
}
