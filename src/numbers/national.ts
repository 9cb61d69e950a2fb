import { createRequire } from 'node:module'
import type { CountryCode } from 'libphonenumber-js/min'
import { isE164 } from './address.js'

/**
 * The digits that are dialled inside of the number's own country, with its trunk prefix: `030123456` for
 * `+4930123456`. A number of no known country gives its digits without the plus sign.
 * About 30 µs a call: for templates that ask for it, not for every call.
 */
export function national(number: string): string {
  const parsed = phoneMetadata().parsePhoneNumberFromString(number)
  return (parsed?.formatNational() ?? number).replace(/\D/g, '')
}

/**
 * The country of an E.164 number (ISO 3166-1 alpha-2), `undefined` if the number is not a valid one of any
 * country or belongs to none (`+800…`). About 20 µs a call: for rules that ask for it, not for every call.
 */
export function countryOf(number: string): string | undefined {
  return phoneMetadata().parsePhoneNumberFromString(number)?.country
}

/** So many numbers say enough of where somebody is at home. */
const ENOUGH = 200

/** The countries of E.164 numbers, the most frequent first; undefined when there are none. Other texts are left out. */
export function homeCountries(texts: readonly string[]): readonly CountryCode[] | undefined {
  const counts = new Map<CountryCode, number>()
  for (const text of texts.filter(isE164).slice(0, ENOUGH)) {
    const country = phoneMetadata().parsePhoneNumberFromString(text)?.country
    if (country) counts.set(country, (counts.get(country) ?? 0) + 1)
  }
  return counts.size === 0 ? undefined : [...counts].sort(([, a], [, b]) => b - a).map(([country]) => country)
}

type PhoneMetadata = typeof import('libphonenumber-js/min')

const require = createRequire(import.meta.url)
let loaded: PhoneMetadata | undefined

/**
 * The numbering plans of the world (libphonenumber). They take about 40 ms to load, and most configs never
 * need them: so they are loaded when first asked for. Who loads a config that needs them asks once, so that
 * no caller waits. This is the smallest build; it tells the countries of a shared code (`+1`, `+44`, `+7`, …)
 * apart as well as the largest.
 */
export function phoneMetadata(): PhoneMetadata {
  loaded ??= require('libphonenumber-js/min') as PhoneMetadata
  return loaded
}
