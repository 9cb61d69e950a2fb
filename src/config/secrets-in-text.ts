import type { Path } from '../errors/config-error.js'
import type { Origin } from '../errors/origin.js'
import type { Document } from './documents.js'
import { eachText } from './texts.js'

/** A secret of a document, with its place and whether it is written out in the file. */
export interface Secret {
  readonly value: string
  readonly origin: Origin
  readonly literal: boolean
}

/** Keys whose values are secrets, wherever they stand. */
const SECRET_KEYS: ReadonlySet<unknown> = new Set([
  'authTokens',
  'sharedKeys',
  'tokens',
  'password',
  'apiKeySecret',
])

/** The secrets of a document: values of the keys that hold secrets, and passwords inside URIs. */
export function secretsOf({ file, tree, filled, unfilled }: Document): Secret[] {
  const found: Secret[] = []
  eachText(tree, (text, key, steps) => {
    const secret = isSecretKey(key) || steps.some(isSecretKey)
    const password = text.includes('@') ? passwordIn(text) : undefined
    if (secret || password || key === 'headers' || steps.includes('headers'))
      note(text, [...steps, key], secret, password)
  })
  return found

  function note(value: string, path: Path, secret: boolean, password: string | undefined): void {
    const origin = { file, path }
    const place = path.join('\0')
    if (unfilled.has(place)) return
    const literal = !filled.has(place)
    // a header may hold a key; one that is written out is no secret to whoever reads the file
    if (value !== '' && (secret || (!literal && path.includes('headers'))))
      found.push({ value, origin, literal })
    // of a SIP URI's, `sip-password` says what there is to say
    if (password) found.push({ value: password, origin, literal: literal && !/^sip/i.test(value) })
  }
}

function isSecretKey(step: unknown): boolean {
  return SECRET_KEYS.has(step)
}

/** `sip:user:password@host`, `redis://:password@host` */
function passwordIn(text: string): string | undefined {
  return /^(?:sips?:|\w+:\/\/)[^:@/]*:([^@]+)@/i.exec(text)?.[1]
}

/** Puts stars of the same width in the place of secrets, so that a caret still points at the right column. */
export function masker(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length)
  return (text) =>
    longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '*'.repeat(secret.length)), text)
}
