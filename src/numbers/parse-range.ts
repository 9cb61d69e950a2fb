import type { CountryCode } from 'libphonenumber-js/min'
import { type Parsed, parsed, unparsed } from '../fault/problem.js'
import { isE164 } from './e164.js'
import type { RangePattern } from './pattern.js'
import { formFault, rangeFault } from './pattern-faults.js'
import { suggestForm } from './suggest-form.js'

/** `+4930770100..+4930770199`: E.164 numbers of the same length, both ends included. */
export function parseRange(text: string, countries?: readonly CountryCode[]): Parsed<RangePattern> {
  const [first, last, ...more] = text.split('..') as [string, string, ...string[]]
  if (more.length > 0) return unparsed(rangeFault(text, undefined))
  const inForm = isE164(first) && isE164(last)
  if (inForm && first.length === last.length && first <= last) {
    return parsed({ kind: 'range', text, from: Number(first), to: Number(last) })
  }
  const meant = suggestRange(first, last, countries)
  return unparsed(inForm ? rangeFault(text, meant) : formFault(text, meant))
}

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
