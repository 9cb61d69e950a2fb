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
    await pause(begin - now)
    this.sent += 1
    const { url, init } = this.#signed(request)
    const response = await answerOf(url, init, this.timeoutMs)
    if (response.ok) return textOf(response)
    await response.body?.cancel()
    throw new OldAnswerless(`it answers ${response.status}${help(response)}`)
  }

  /** Of a GET the parameters are in the query, and the whole URL is signed. */
  #signed({ url, method, params }: WebhookRequest): { url: string; init: RequestInit } {
    const signer = this.signer(params.AccountSid!)
    const form = new URLSearchParams(params).toString()
    if (method === 'GET') {
      const whole = `${url}${url.includes('?') ? '&' : '?'}${form}`
      return { url: whole, init: { headers: signatureHeaders(signer, whole, {}) } }
    }
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...signatureHeaders(signer, url, params),
    }
    return { url, init: { method: 'POST', headers, body: form } }
  }
}

async function answerOf(url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    throw silent(error)
  }
}

function silent(error: unknown): OldAnswerless {
  const { name, message, cause } = error as Error & { cause?: Error }
  const why =
    name === 'TimeoutError'
      ? 'the time is over in which Twilio waits'
      : [cause?.message, message].find((text) => text)
  return new OldAnswerless(`it gives no answer: ${why}`, true)
}

function help({ status, headers }: Response): string {
  const to = headers.get('location')
  if (to !== null) return ` and leads to ${to}, which is not followed; name that URL with --old`
  if (status === 401 || status === 403)
    return '; does it check signatures with the token of this account, and for the very URL of --old?'
  return status >= 500 ? '; Twilio would ask the fallback URL' : ''
}

/** The body, read no further than Twilio would take it. */
async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of body ?? []) {
      pieces.push(piece)
      size += piece.length
      if (size >= MOST_BYTES) break
    }
  } catch (error) {
    throw silent(error)
  }
  if (size < MOST_BYTES) return Buffer.concat(pieces).toString()
  throw new OldAnswerless('it answers with 64 kB or more, which Twilio refuses (error 11750)')
}
