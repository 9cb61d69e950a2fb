import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { WebhookParameters } from './parameters.js'
import { receivedForms, rewrittenForms } from './signed-url.js'
import type { Hash } from './signing.js'

/** An auth token or a shared key, ready to sign with. */
export type SigningKey = KeyObject | string

/** How long the base64 is of the 20 bytes of an HMAC-SHA1, and of the 32 of an HMAC-SHA256. */
const SIGNATURE_LENGTHS: Readonly<Record<Hash, number>> = { sha1: 28, sha256: 44 }

const NO_PARAMETERS: WebhookParameters = Object.freeze(Object.create(null))

/** Prepares an auth token or a shared key once, at load. A key object signs faster than text, and no log can print it. */
export function signingKey(token: string): SigningKey {
  return createSecretKey(token, 'utf8')
}

/**
 * The `X-Twilio-Signature` of a request: base64 of the HMAC over the URL and each parameter's name and
 * value, sorted by name. From Twilio's page "Security: validating signatures from Twilio".
 */
export function signatureOf(
  key: SigningKey,
  url: string,
  params: WebhookParameters,
  hash: Hash = 'sha1',
): string {
  return hmac(hash, key, url + signedPart(params))
}

/**
 * Whether one of the keys signed this request. `url` is the public URL with path and query as received;
 * `params` are those of the form, decoded and untrimmed, and none for GET.
 * Gives the verdict of `validateRequest` in Twilio's SDK; where that throws, the answer is no. Never throws.
 */
export function isSigned(
  keys: readonly SigningKey[],
  signature: string | undefined,
  url: string,
  params: WebhookParameters,
  hash: Hash = 'sha1',
): boolean {
  const given = Buffer.from(signature ?? '')
  if (given.length !== SIGNATURE_LENGTHS[hash]) return false
  const part = signedPart(params)
  const isSignedAs = (form: string) => keys.some((key) => matches(given, hmac(hash, key, form + part)))
  // nearly always signed as it was received: the other forms are worked out only when it was not
  return isSignedAs(url) || receivedForms(url).some(isSignedAs) || rewrittenForms(url).some(isSignedAs)
}

/**
 * Whether one of the keys signed this request with a JSON body: the URL's `bodySHA256` is the hash of the
 * body as received, and the URL alone is signed. The verdict of the SDK's `validateRequestWithBody`.
 */
export function isSignedJson(
  keys: readonly SigningKey[],
  signature: string | undefined,
  url: string,
  rawBody: Buffer,
  hash: Hash = 'sha1',
): boolean {
  if (!URL.canParse(url) || !isSigned(keys, signature, url, NO_PARAMETERS, hash)) return false
  const claimed = new URL(url).searchParams.get('bodySHA256') ?? ''
  return matches(Buffer.from(claimed), createHash('sha256').update(rawBody).digest('hex'))
}

/** Compares in a time that does not tell where the two differ; a difference in length is no secret. */
export function matches(given: Buffer, expected: string): boolean {
  const bytes = Buffer.from(expected)
  return given.length === bytes.length && timingSafeEqual(given, bytes)
}

function hmac(hash: Hash, key: SigningKey, text: string): string {
  return createHmac(hash, key).update(text, 'utf8').digest('base64')
}

/** What follows the URL in the signed text. Names sort by UTF-16 code unit, as JavaScript and the SDK do. */
function signedPart(params: WebhookParameters): string {
  let part = ''
  for (const name of Object.keys(params).sort()) {
    const value = params[name]!
    if (typeof value === 'string') part += name + value
    else for (const one of distinct(value)) part += name + one
  }
  return part
}

/** Of a parameter sent more than once, each value counts once, in sorted order. */
function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
