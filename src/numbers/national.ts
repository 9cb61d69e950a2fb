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

/** So many numbers are enough to tell the home countries. */
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

const GUESSES: readonly CountryCode[] = ['US', 'DE', 'GB']

/**
 * The E.164 form of a number that is written in another way, such as `0049 30 123456`, `+49 (0)30 123456`,
 * `4930123456` or, as a number of one of `countries`, `030 123456`. `undefined` if it cannot be one.
 */
export function suggestForm(text: string, countries: readonly CountryCode[] = GUESSES): string | undefined {
  const written = unspreadsheet(unprefixed(text))
  const meant = written.startsWith('+') ? fromInternational(written) : fromDigits(written, countries)
  return meant !== undefined && isE164(meant) ? meant : undefined
}

/**
 * The prefix pattern that was meant by one such as `0049 30*` or `4930*`, if it begins with a country code.
 */
export function suggestPrefix(text: string, countries: readonly CountryCode[] = GUESSES): string | undefined {
  const digits = unprefixed(text).replace(/[^\d+]/g, '')
  const codes = countries.map((country) => phoneMetadata().getCountryCallingCode(country))
  if (/^\+[1-9]\d{0,14}$/.test(digits)) return `${digits}*`
  return codes.some((code) => digits.startsWith(code)) ? `+${digits}*` : undefined
}

/** A number as a spreadsheet writes it that takes it for an amount: `4930123456.0`, `4.930123456E+9`. */
const AMOUNT = /^(\+?)(\d+(?:\.0+|(?:\.\d+)?e\+?\d+))$/i

/** The digits of an amount, if the spreadsheet has kept them all; else they are nowhere, and no number at all is meant. */
function unspreadsheet(written: string): string {
  const [, plus = '', amount] = AMOUNT.exec(written) ?? []
  if (amount === undefined) return written
  const [mantissa, exponent] = amount.toLowerCase().replace(/\.0+$/, '').split('e') as [string, string?]
  if (exponent === undefined) return plus + mantissa
  const decimals = mantissa.split('.')[1]?.length ?? 0
  return decimals === Number(exponent) ? plus + mantissa.replace('.', '') : ''
}

/** Without the apostrophe of a spreadsheet's text, without `tel:` (RFC 3966), and with a plus sign in place of the international prefix 00. */
function unprefixed(text: string): string {
  return text
    .trim()
    .replace(/^(?:'|tel:)/i, '')
    .replace(/^00(?=[1-9])/, '+')
}

function fromInternational(written: string): string | undefined {
  const reading = read(written)
  if (reading?.isPossible()) return reading.number
  const bare = written.replace(/[\s().-]/g, '')
  return isE164(bare) ? bare : undefined
}

/**
 * First as a number that only lacks its plus sign, then as a national one; the countries are in order of
 * likelihood.
 */
function fromDigits(written: string, countries: readonly CountryCode[]): string | undefined {
  const codes = countries.map((country) => phoneMetadata().getCountryCallingCode(country))
  const withPlus = read(`+${written}`)
  if (withPlus?.isPossible() && codes.includes(withPlus.countryCallingCode)) return withPlus.number
  const nationally = countries
    .map((country) => read(written, country))
    .find((reading) => reading?.isPossible())
  return nationally?.number ?? (withPlus?.isValid() ? withPlus.number : undefined)
}

function read(text: string, defaultCountry?: CountryCode) {
  return phoneMetadata().parsePhoneNumberFromString(text, { defaultCountry, extract: false })
}

type PhoneMetadata = typeof import('libphonenumber-js/min')

const require = createRequire(import.meta.url)
let loaded: PhoneMetadata | undefined

/**
 * The numbering plans of the world (libphonenumber). They take about 40 ms to load, and most configs never need them:
 * so they are loaded when first asked for. The load of a config that needs them asks once, so that no caller waits.
 * This is the smallest build; it tells the countries of a shared code (`+1`, `+44`, `+7`, …) apart as well as the
 * largest.
 */
function phoneMetadata(): PhoneMetadata {
  loaded ??= require('libphonenumber-js/min') as PhoneMetadata
  return loaded
}
