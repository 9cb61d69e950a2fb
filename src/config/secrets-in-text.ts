import type { Document } from './documents.js'
import type { Origin } from './source.js'

/** A secret of a document, with its place and whether it is written out in the file. */
export interface Secret {
  readonly value: string
  readonly origin: Origin
  readonly literal: boolean
}

/** Keys whose values are secrets, wherever they stand. */
const SECRET_KEYS = /^(authTokens|tokens|password|apiKeySecret)$/

/** The secrets of a document: values of the keys that hold secrets, and passwords inside URIs. */
export function secretsOf({ file, tree, filled, unfilled }: Document): Secret[] {
  const found: Secret[] = []
  visit(tree, [], false)
  return found

  function visit(value: unknown, path: readonly (string | number)[], secret: boolean): void {
    if (typeof value === 'string') {
      if (!unfilled.has(path.join('\0'))) visitText(value, path, secret)
    } else {
      for (const [key, item] of Object.entries(value as object)) {
        const step = Array.isArray(value) ? Number(key) : key
        visit(item, [...path, step], secret || SECRET_KEYS.test(key))
      }
    }
  }

  function visitText(value: string, path: readonly (string | number)[], secret: boolean): void {
    const origin = { file, path }
    const literal = !filled.has(path.join('\0'))
    // a header may hold a key; one that is written out is no secret to whoever reads the file
    if (value !== '' && (secret || (!literal && path.includes('headers'))))
      found.push({ value, origin, literal })
    const password = passwordIn(value)
    // of a SIP URI's, `sip-password` says what there is to say
    if (password) found.push({ value: password, origin, literal: literal && !/^sip/i.test(value) })
  }
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
