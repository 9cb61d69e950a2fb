import type { Path } from '../errors/config-error.js'
import type { Origin } from '../errors/origin.js'
import { SHORTEST_SECRET } from '../sip/masker.js'
import { passwordsIn } from '../sip/passwords.js'
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

const NONE: readonly string[] = []

/** The secrets of a document: values of the keys that hold secrets, and passwords inside URIs. */
export function secretsOf({ file, tree, filled, unfilled }: Document): Secret[] {
  const found: Secret[] = []
  eachText(tree, (text, key, steps) => {
    const secret = isSecretKey(key) || steps.some(isSecretKey)
    const passwords = text.includes('@') ? passwordsIn(text) : NONE
    if (secret || passwords.length > 0 || key === 'headers' || steps.includes('headers'))
      note(text, [...steps, key], secret, passwords)
  })
  return found

  function note(value: string, path: Path, secret: boolean, passwords: readonly string[]): void {
    const origin = { file, path }
    const place = path.join('\0')
    if (unfilled.has(place)) return
    const literal = !filled.has(place)
    // a header may hold a key; one that is written out is no secret to those who read the file, and a short one is none
    const isHeader = !literal && path.includes('headers') && value.length >= SHORTEST_SECRET
    if (value !== '' && (secret || isHeader)) found.push({ value, origin, literal })
    // of a SIP URI's, `sip-password` says what there is to say
    for (const password of passwords)
      found.push({ value: password, origin, literal: literal && !/sips?:/i.test(value) })
  }
}

function isSecretKey(step: unknown): boolean {
  return SECRET_KEYS.has(step)
}
