import type { CountryCode } from 'libphonenumber-js/min'
import { isE164 } from './e164.js'
import { phoneMetadata } from './phone-metadata.js'

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
