import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'node:querystring'
import type { WebhookParameters } from './parameters.js'

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

/** Compares in a time that does not show where the two differ; a difference in length is no secret. */
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

/**
 * The head of a URL: scheme, userinfo and host (perhaps an IPv6 literal), then the port with its colon.
 * Cut by hand, not by `new URL()`, since every other character must stay as Twilio signed it.
 */
const HEAD = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:[^/?#]*\])?[^/?#:]*)(:[^/?#]*)?/i

/**
 * The two forms in which Twilio signs a URL: without a port, and with one (the scheme's own if none is given).
 * From "Security: a few notes": voice over HTTPS drops the port, voice over HTTP keeps it.
 */
export function receivedForms(url: string): string[] {
  const head = HEAD.exec(url)
  if (!head) return [url]
  const [all, host, port] = head
  const rest = url.slice(all.length)
  return [host + rest, port ? url : host + standardPort(url) + rest]
}

/**
 * Further forms that the SDK takes for the same URL: percent-encoded as by `new URL()`, and with the query
 * re-encoded as by Node's `querystring`, for back ends that sign the escaped form. None twice, and none at
 * all if the URL does not parse.
 */
function rewrittenForms(url: string): string[] {
  if (!URL.canParse(url)) return []
  const encoded = receivedForms(new URL(url).href)
  const received = receivedForms(url)
  return [...new Set([...encoded, ...encoded.map(withLegacyQuery)])].filter(
    (form) => !received.includes(form),
  )
}

function standardPort(url: string): string {
  return /^https:/i.test(url) ? ':443' : ':80'
}

function withLegacyQuery(url: string): string {
  const query = url.indexOf('?') + 1
  return query === 0 ? url : url.slice(0, query) + stringify(parse(url.slice(query)))
}

/** What may have signed the webhooks of one account. */
export interface AccountKeys {
  readonly tokens: readonly SigningKey[]
  /** By their ids at Twilio. */
  readonly shared: ReadonlyMap<string, SigningKey>
}

/** The keys of every account that may send webhooks, by account SID, ready to sign with. */
export type Keyring = ReadonlyMap<string, AccountKeys>

/** Prepares the auth tokens and shared keys of all accounts once. */
export function keyring(
  accounts: readonly {
    readonly sid: string
    readonly authTokens: readonly string[]
    readonly sharedKeys: Readonly<Record<string, string>>
  }[],
): Keyring {
  return new Map(
    accounts.map(({ sid, authTokens, sharedKeys }) => {
      const shared = Object.entries(sharedKeys).map(([id, secret]) => [id, signingKey(secret)] as const)
      return [sid, { tokens: authTokens.map(signingKey), shared: new Map(shared) }]
    }),
  )
}

/** The keys of an account that may have signed what says so of itself. */
export function keysFor({ tokens, shared }: AccountKeys, { sharedKey }: Signing): readonly SigningKey[] {
  if (sharedKey === undefined) return tokens
  const key = shared.get(sharedKey)
  return key ? [key] : []
}

/** How a webhook says that it is signed: by an auth token, or by the shared key of an id. */
export interface Signing {
  /** Undefined: an auth token. */
  readonly sharedKey: string | undefined
  readonly hash: Hash
}

export type Hash = 'sha1' | 'sha256'

const BY_TOKEN: Signing = { sharedKey: undefined, hash: 'sha1' }

const HASHES: ReadonlyMap<string | undefined, Hash> = new Map([
  ['HMAC_SHA1', 'sha1'],
  ['HMAC_SHA256', 'sha256'],
])

/**
 * Reads the header `X-Twilio-Webhooks-Signature-Settings`; without one an auth token signs. Undefined for what is not
 * known, such as another algorithm: then nothing is a valid signature.
 *
 *     settings = setting *( "," setting )      setting = name "=" value
 *     key=SKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,algorithm=HMAC_SHA256
 */
export function readSigning(settings: string | undefined): Signing | undefined {
  if (settings === undefined) return BY_TOKEN
  const named = new Map<string, string>()
  for (const setting of settings.split(',')) {
    const [, name, value] = /^\s*(\w+)\s*=\s*([^\s=]+)\s*$/.exec(setting) ?? []
    if (name === undefined || named.has(name)) return undefined
    named.set(name, value!)
  }
  const [sharedKey, hash] = [named.get('key'), HASHES.get(named.get('algorithm'))]
  return sharedKey === undefined || hash === undefined ? undefined : { sharedKey, hash }
}
