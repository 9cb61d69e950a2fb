import type { FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { isSigned, isSignedJson } from '../src/twilio/signature.js'
import { parseForm } from './form.js'
import type { ActiveConfig } from './service.js'

/** What a Twilio webhook consists of, however it was sent. */
export interface Webhook {
  /** Twilio's parameters: of the form, of the query of a GET, or of a JSON body. */
  readonly params: WebhookParameters
  /** The query, where dialsip's own plan travels. */
  readonly query: WebhookParameters
  /** Path and query exactly as received. */
  readonly target: string
  readonly signature: string | undefined
  /** The parameters that were signed together with the URL: those of a form. */
  readonly signedParams: WebhookParameters
  readonly rawJson: Buffer | undefined
  /** Reads `params` anew, for whoever wants them later. */
  readonly reread: () => WebhookParameters
}

/** A form body: as it came, and taken apart. */
export interface Form {
  readonly raw: string
  readonly params: WebhookParameters
}

const NONE: WebhookParameters = Object.freeze(Object.create(null))

const NO_FORM: Form = { raw: '', params: NONE }

/** Takes a request apart. Throws for a JSON body that is none. */
export function readWebhook(request: FastifyRequest): Webhook {
  const { raw, headers, body } = request
  const rawJson = Buffer.isBuffer(body) ? body : undefined
  const form = rawJson ? NO_FORM : ((body as Form | undefined) ?? NO_FORM)
  const query = readQuery(raw.url!)
  const params = rawJson ? readJson(rawJson) : raw.method === 'GET' ? query : form.params
  return {
    params,
    query,
    target: raw.url!,
    signature: headers['x-twilio-signature'] as string | undefined,
    signedParams: form.params,
    rawJson,
    reread: params === form.params ? rereader(form.raw) : () => params,
  }
}

/** A function of its own, so that it holds on to the text and to nothing else of the request. */
function rereader(raw: string): () => WebhookParameters {
  return () => parseForm(raw)
}

function readQuery(target: string): WebhookParameters {
  const start = target.indexOf('?')
  return start < 0 ? NONE : parseForm(target.slice(start + 1))
}

/** Whether one of the tokens of the account that the webhook names has signed it. */
export function isAuthentic(
  { params, target, signature, signedParams, rawJson }: Webhook,
  { config, keys }: ActiveConfig,
): boolean {
  if (config.insecureSkipSignature) return true
  const own = keys.get(parameter(params, 'AccountSid'))
  if (!own || !signature) return false
  const url = config.publicUrl.origin + target
  return rawJson ? isSignedJson(own, signature, url, rawJson) : isSigned(own, signature, url, signedParams)
}

/** The texts of a JSON object; anything else in it is none of our parameters. */
function readJson(body: Buffer): WebhookParameters {
  const params: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(parseJson(body))) {
    if (typeof value === 'string') params[name] = value
  }
  return params
}

function parseJson(body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // falls through to the same answer
  }
  throw Object.assign(new Error('the body is not a JSON object'), { statusCode: 400 })
}
