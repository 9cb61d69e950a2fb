import type { CountryCode } from 'libphonenumber-js/min'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { parseAddress } from './address.js'
import { parseRange, suggestDashedRange } from './parse-range.js'
import { parseSipPattern } from './parse-sip-pattern.js'
import type { Pattern, PrefixPattern } from './pattern.js'
import { bareStarError, formError, patternError, starError, withheldError } from './pattern-errors.js'
import { suggestForm, suggestPrefix } from './suggest-form.js'

/**
 * Reads what a route's `to`, a rule's `from` or a row of a `numbersFrom` file may hold:
 *
 *     pattern = number / prefix / range / sip-pattern
 *     number  = "+" %x31-39 1*14DIGIT                 ; E.164
 *     prefix  = "+" [ %x31-39 *14DIGIT ] "*"
 *     range   = number ".." number
 *
 * Anything else is an error, and so is what never matches because it says that the caller is anonymous: that
 * has a word of its own in `from`. When a number lacks its country code, `countries` are tried in their order
 * to find the help; they never make a pattern match.
 */
export function parsePattern(text: string, countries?: readonly CountryCode[]): Parsed<Pattern> {
  const kind = parseAddress(text).kind
  if (kind === 'anonymous') return unparsed(withheldError(text))
  if (kind === 'number') return parsed({ kind: 'exact', text, number: Number(text) })
  if (text.includes('@') || /^sips?:/i.test(text)) return parseSipPattern(text)
  if (text.includes('..')) return parseRange(text, countries)
  if (text.includes('*')) return parsePrefix(text, countries)
  if (!looksDialled(text)) return unparsed(patternError(text))
  return unparsed(formError(text, suggestDashedRange(text, countries) ?? suggestForm(text, countries)))
}

function parsePrefix(text: string, countries?: readonly CountryCode[]): Parsed<PrefixPattern> {
  if (/^\+(?:[1-9]\d{0,14})?\*$/.test(text))
    return parsed({ kind: 'prefix', text, prefix: text.slice(0, -1) })
  if (text === '*') return unparsed(bareStarError())
  if (text.indexOf('*') < text.length - 1) return unparsed(starError(text))
  return unparsed(looksDialled(text) ? formError(text, suggestPrefix(text, countries)) : patternError(text))
}

/** Whether a text begins as telephone numbers do, in whatever form. */
function looksDialled(text: string): boolean {
  return /^\s*(?:tel:|'?[+(]*\d)/i.test(text)
}
