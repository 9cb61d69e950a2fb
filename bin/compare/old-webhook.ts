import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { type Signer, signatureHeaders } from '../play/send.js'

/** As long as Twilio waits for an answer. */
const TIMEOUT_MS = 15_000

/** Twilio refuses documents of 64 kB and more (error 11750). */
const MOST_BYTES = 64 * 1024

/** A webhook that Twilio would send. */
export interface WebhookRequest {
  readonly url: string
  readonly method: string
  readonly params: Readonly<Record<string, string>>
}

/** The webhook of today gives no TwiML. The message says what it gives instead. */
export class OldAnswerless extends Error {
  constructor(
    message: string,
    /** Whether no answer of any kind came. */
    readonly isSilent = false,
  ) {
    super(message)
  }
}

/** The webhook of today, asked no more often than the pace allows. */
export class OldWebhook {
  #next = 0
  /** How many requests were sent. */
  sent = 0

  /** `perSecond`: at most so many requests. */
  constructor(
    readonly start: string,
    readonly signer: (accountSid: string) => Signer | undefined,
    private readonly perSecond: number,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Whether this URL is at the server of today. */
  has(url: string): boolean {
    return new URL(url).origin === new URL(this.start).origin
  }

  /** Sends one signed webhook and gives the body of the answer. Throws `OldAnswerless`. */
  async ask(request: WebhookRequest): Promise<string> {
    const now = Date.now()
    const begin = Math.max(now, this.#next)
    this.#next = begin + 1000 / this.perSecond
    if (begin > now) await pause(begin - now)
    this.sent += 1
    const { status, location, body } = await this.#answerOf(this.#signed(request))
    if (status < 200 || status > 299) throw new OldAnswerless(`it answers ${status}${help(status, location)}`)
    if (body.length < MOST_BYTES) return body.toString()
    throw new OldAnswerless('it answers with 64 kB or more, which Twilio refuses (error 11750)')
  }

  /** Of a GET the parameters are in the query, and the whole URL is signed. */
  #signed({ url, method, params }: WebhookRequest): SignedRequest {
    const signer = this.signer(params.AccountSid!)
    const form = new URLSearchParams(params).toString()
    if (method === 'GET') {
      const whole = `${url}${url.includes('?') ? '&' : '?'}${form}`
      return { url: whole, method, headers: signatureHeaders(signer, whole, {}), body: '' }
    }
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...signatureHeaders(signer, url, params),
    }
    return { url, method, headers, body: form }
  }

  /** Not by `fetch`: over thousands of requests it takes as long as all the rest. */
  #answerOf({ url, method, headers, body }: SignedRequest): Promise<OldAnswer> {
    const { request } = url.startsWith('https:') ? https : http
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers })
      const timer = setTimeout(() => sent.destroy(new Error(TOO_LATE)), this.timeoutMs)
      const fail = (error: Error) => reject(silent(error))
      sent.on('error', fail)
      sent.on('close', () => clearTimeout(timer))
      sent.on('response', (response) => void read(response).then(resolve, fail))
      sent.end(body)
    })
  }
}

interface SignedRequest extends Pick<WebhookRequest, 'url' | 'method'> {
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

interface OldAnswer {
  readonly status: number
  readonly location: string | undefined
  readonly body: Buffer
}

/** The answer, its body no further than Twilio would take it. */
async function read(response: IncomingMessage): Promise<OldAnswer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of response) {
    pieces.push(piece)
    size += piece.length
    if (size >= MOST_BYTES) break
  }
  return {
    status: response.statusCode!,
    location: response.headers.location,
    body: Buffer.concat(pieces),
  }
}

const TOO_LATE = 'the time is over in which Twilio waits'

/** Where a name leads to several addresses, the error of all has a code and no message. */
function silent({ message, code }: NodeJS.ErrnoException): OldAnswerless {
  return new OldAnswerless(`it gives no answer: ${[message, code].find(Boolean)}`, true)
}

function help(status: number, location: string | undefined): string {
  if (location !== undefined)
    return ` and leads to ${location}, which is not followed; name that URL with --old`
  if (status === 401 || status === 403)
    return '; does it check signatures with the token of this account, and for the very URL of --old?'
  return status >= 500 ? '; Twilio would ask the fallback URL' : ''
}
