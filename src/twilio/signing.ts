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
