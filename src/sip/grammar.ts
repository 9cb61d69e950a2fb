import type { Problem } from '../errors/problem.js'
import { percentEncode } from './escape.js'

/*
 * RFC 3261 §25.1:
 *   unreserved       = alphanum / "-" / "_" / "." / "!" / "~" / "*" / "'" / "(" / ")"
 *   escaped          = "%" HEXDIG HEXDIG
 *   user             = 1*( unreserved / escaped / "&" / "=" / "+" / "$" / "," / ";" / "?" / "/" )
 *   password         = *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
 *   paramchar        = "[" / "]" / "/" / ":" / "&" / "+" / "$" / unreserved / escaped
 *   hname, hvalue    = "[" / "]" / "/" / "?" / ":" / "+" / "$" / unreserved / escaped
 *   token            = 1*( alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
 */
export const USER = runOf('&=+$,;?/')
export const PASSWORD = runOf('&=+$,')
export const PARAMETER = runOf('[\\]/:&+$')
export const HEADER = runOf('[\\]/?:+$')
export const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/

/** Matches from the beginning as far as the characters are legal. */
function runOf(more: string): RegExp {
  return new RegExp(`^(?:[A-Za-z0-9\\-_.!~*'()${more}]+|%[0-9A-Fa-f]{2})*`)
}

/** The error for the first character of `text` that is not `legal` in `place`, such as `the user part`. */
export function illegalCharacter(place: string, text: string, legal: RegExp): Problem | undefined {
  const rest = text.replace(legal, '')
  if (rest === '') return undefined
  const character = String.fromCodePoint(rest.codePointAt(0)!)
  const encoded = percentEncode(character)
  const message = `${quote(character)} cannot be in ${place} of a SIP URI; percent-encode it as ${encoded}`
  return { code: 'sip-uri', message, found: character, help: `write ${encoded}` }
}

function quote(character: string): string {
  if (character === ' ') return 'a space'
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(character)) return `"${character}"`
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** The error for a template in a `place` that is the same for every call, such as `the host`. */
export function misplacedTemplate(place: string, text: string): Problem | undefined {
  if (!text.includes('{{')) return undefined
  const message = `a template cannot be in ${place} of a SIP URI, only in the user part and in header values`
  return { code: 'template-place', message, found: text }
}

/** "Any alphanumeric string, plus + - _ .": Twilio's page "TwiML <Sip>", caller ID. */
export const CALLER_ID = /^[A-Za-z0-9+\-_.]+$/

/** The text before the first `mark`, not looking before `from`, and the text after it: null without a mark. */
export function cut(text: string, mark: string, from = 0): [before: string, after: string | null] {
  const place = text.indexOf(mark, from)
  return place === -1 ? [text, null] : [text.slice(0, place), text.slice(place + 1)]
}
