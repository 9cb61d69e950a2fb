import type { FastifyRequest } from 'fastify'
import { parameter } from '../src/call/call.js'
import { checkParameters, parseForm } from '../src/twilio/form.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import { isSigned, isSignedJson, keysFor, readSigning, type Signing } from '../src/twilio/signature.js'
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
  /** How it says that it is signed; undefined where that makes no sense. */
  readonly signing: Signing | undefined
  /** Twilio's idempotency token with the path and query, the same again when it repeats a webhook; empty without a token. */
  readonly idempotencyKey: string
  /** The parameters that were signed together with the URL: those of a form. */
  readonly signedParams: WebhookParameters
  readonly rawJson: Buffer | undefined
  /** `params` as the text of a form, to be kept. */
  readonly form: string
}

/** Parameters: as the text of a form, and taken apart. */
export type Form = {
  readonly text: string
  readonly params: WebhookParameters
}

const NO_FORM: Form = { text: '', params: Object.freeze(Object.create(null)) }

/** Takes the text of a form apart. */
export function readForm(text: string): Form {
  return { text, params: parseForm(text) }
}

/** Takes a request apart. Throws, with status 400, when a JSON body is not a JSON object. */
export function readWebhook({ raw, headers, body }: FastifyRequest): Webhook {
  const target = raw.url!
  const token = headers['i-twilio-idempotency-token']
  const query = readQuery(target)
  const rawJson = Buffer.isBuffer(body) ? body : undefined
  const posted = rawJson ? NO_FORM : ((body as Form | undefined) ?? NO_FORM)
  const sent = rawJson ? readJson(rawJson) : raw.method === 'GET' ? query : posted
  return {
    params: sent.params,
    form: sent.text,
    query: query.params,
    target,
    signature: headers['x-twilio-signature'] as string | undefined,
    signing: readSigning(headers['x-twilio-webhooks-signature-settings'] as string | undefined),
    idempotencyKey: token === undefined ? '' : `${token} ${target}`,
    signedParams: posted.params,
    rawJson,
  }
}

function readQuery(target: string): Form {
  const start = target.indexOf('?')
  return start < 0 ? NO_FORM : readForm(target.slice(start + 1))
}

/** Whether a token, or the shared key, of the account that the webhook names has signed it. */
export function isAuthentic(
  { params, target, signature, signing, signedParams, rawJson }: Webhook,
  { config, keys }: ActiveConfig,
): boolean {
  if (config.insecureSkipSignature) return true
  const accountKeys = keys.get(parameter(params, 'AccountSid'))
  if (!accountKeys || !signature || !signing) return false
  const url = config.publicUrl.origin + target
  const signingKeys = keysFor(accountKeys, signing)
  return rawJson
    ? isSignedJson(signingKeys, signature, url, rawJson, signing.hash)
    : isSigned(signingKeys, signature, url, signedParams, signing.hash)
}

/** The texts of a JSON object; anything else in it is none of our parameters. */
function readJson(body: Buffer): Form {
  const params: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(parseJson(body))) {
    if (typeof value === 'string') params[name] = value
  }
  checkParameters(params)
  return { text: new URLSearchParams(params).toString(), params }
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
