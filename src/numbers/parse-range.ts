import type { CountryCode } from 'libphonenumber-js/min'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { isE164 } from './e164.js'
import type { RangePattern } from './pattern.js'
import { formError, rangeError } from './pattern-errors.js'
import { suggestForm } from './suggest-form.js'

/** `+4930770100..+4930770199`: E.164 numbers of the same length, both ends included. */
export function parseRange(text: string, countries?: readonly CountryCode[]): Parsed<RangePattern> {
  const [first, last, ...more] = text.split('..') as [string, string, ...string[]]
  if (more.length > 0) return unparsed(rangeError(text, undefined))
  const inForm = isE164(first) && isE164(last)
  if (inForm && first.length === last.length && first <= last) {
    return parsed({ kind: 'range', text, from: Number(first), to: Number(last) })
  }
  const meant = suggestRange(first, last.replace(/^\.+/, ''), countries)
  return unparsed(inForm ? rangeError(text, meant) : formError(text, meant))
}

/** Two numbers with a dash between them; the first begins with its country code. */
const DASHED = /^((?:\+|00)\d+)\s*[-\u2013\u2014\u2026]\s*(\+?\d+)$/

/**
 * The range that was meant by `+4930770100-199` or `+4930770100 - +4930770199`. A dash stands within a number as
 * well (`+1-5551230001`), so the first part must be long enough to be one, and the range ascend.
 */
export function suggestDashedRange(text: string, countries?: readonly CountryCode[]): string | undefined {
  const [, first, last] = DASHED.exec(text) ?? []
  if (first === undefined || last === undefined || first.length < SHORTEST) return undefined
  const meant = suggestRange(first, last, countries)
  return meant?.startsWith(inE164(first, countries)!) ? meant : undefined
}

/** A plus sign, a country code and a subscriber: fewer digits are the beginning of a number. */
const SHORTEST = 9

/** The ends in E.164 form and in ascending order. `+4930770100..199` gives only the digits that change. */
function suggestRange(first: string, last: string, countries?: readonly CountryCode[]): string | undefined {
  const short = /^\d+$/.test(last) && last.length < first.length
  const from = inE164(first, countries)
  const to = short ? from?.slice(0, -last.length).concat(last) : inE164(last, countries)
  if (from === undefined || to === undefined || from.length !== to.length) return undefined
  return [from, to].sort().join('..')
}

function inE164(end: string, countries?: readonly CountryCode[]): string | undefined {
  return isE164(end) ? end : suggestForm(end, countries)
}
