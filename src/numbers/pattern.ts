import type { CountryCode } from 'libphonenumber-js/min'
import type { ErrorCode } from '../errors/codes.js'
import { below, type Origin } from '../errors/origin.js'
import { type Parsed, type Problem, parsed, type Reporter, unparsed } from '../errors/problem.js'
import { didYouMean } from '../errors/suggest.js'
import { percentDecode } from '../sip/escape.js'
import { cut, illegalCharacter, USER } from '../sip/grammar.js'
import { parseHostPort } from '../sip/host.js'
import { isE164, parseAddress, sipDomain } from './address.js'
import { suggestForm, suggestPrefix } from './national.js'

/** One number: `+4930123456`. */
interface ExactPattern {
  readonly kind: 'exact'
  readonly text: string
  readonly number: number
}

/** Every number that begins with these digits: `+4930*`; `+*` is every number. */
export interface PrefixPattern {
  readonly kind: 'prefix'
  readonly text: string
  /** With the plus sign, without the `*`. */
  readonly prefix: string
}

/** The numbers of one length from one to another, both included: `+4930770100..+4930770199`. */
export interface RangePattern {
  readonly kind: 'range'
  readonly text: string
  readonly from: number
  readonly to: number
}

/** One SIP address: `sip:alice@acme.sip.twilio.com`. */
export interface SipPattern {
  readonly kind: 'sip'
  readonly text: string
  /** Without percent-encoding. Case counts (RFC 3261 §19.1.4). */
  readonly user: string
  /** As `sipDomain` gives it: lower-cased, without Twilio's region or edge. */
  readonly host: string
}

/** Every user of a SIP host that begins so: `sip:49*@acme.sip.twilio.com`; `sip:*@…` is every user. */
export interface SipPrefixPattern {
  readonly kind: 'sip-prefix'
  readonly text: string
  /** Without the `*`. */
  readonly prefix: string
  readonly host: string
}

/** What a route's `to` and a rule's `from` are made of. Plain data. */
export type Pattern = ExactPattern | PrefixPattern | RangePattern | SipPattern | SipPrefixPattern

/** Those in which a number without a country code may be meant, the likeliest first; undefined where nothing says so. */
type Countries = readonly CountryCode[] | undefined

/** What patterns are read with. */
export interface PatternContext {
  readonly report: Reporter
  /** The countries whose national numbers are probably meant by one without a country code. */
  homeCountries(): Countries
}

/**
 * Reads a pattern that was written at `origin`, or at `at` below it. A number in a national form is an error with its
 * E.164 form, as the country of the others has it.
 */
export function readPattern(
  text: string,
  origin: Origin,
  context: PatternContext,
  ...at: (string | number)[]
): Pattern | undefined {
  const { value } = parsePattern(text)
  if (!value)
    context.report.addAll(parsePattern(text, context.homeCountries()).problems, below(origin, ...at))
  return value
}

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
export function parsePattern(text: string, countries?: Countries): Parsed<Pattern> {
  const kind = parseAddress(text).kind
  if (kind === 'anonymous') return unparsed(withheldError(text))
  if (kind === 'number') return parsed({ kind: 'exact', text, number: Number(text) })
  if (text.includes('@') || /^sips?:/i.test(text)) return parseSipPattern(text)
  if (text.includes('..')) return parseRange(text, countries)
  if (text.includes('*')) return parsePrefix(text, countries)
  if (!looksDialled(text)) return unparsed(patternError(text))
  return unparsed(formError(text, suggestDashedRange(text, countries) ?? suggestForm(text, countries)))
}

function parsePrefix(text: string, countries: Countries): Parsed<PrefixPattern> {
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

/** `+4930770100..+4930770199`: E.164 numbers of the same length, both ends included. */
function parseRange(text: string, countries: Countries): Parsed<RangePattern> {
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
 * The range that was meant by `+4930770100-199` or `+4930770100 - +4930770199`. A number may hold a dash as
 * well (`+1-5551230001`), so the first part must be long enough to be one, and the range ascend.
 */
function suggestDashedRange(text: string, countries: Countries): string | undefined {
  const [, first, last] = DASHED.exec(text) ?? []
  if (first === undefined || last === undefined || first.length < SHORTEST) return undefined
  const meant = suggestRange(first, last, countries)
  return meant?.startsWith(inE164(first, countries)!) ? meant : undefined
}

/** A plus sign, a country code and a subscriber: fewer digits are the beginning of a number. */
const SHORTEST = 9

/** The ends in E.164 form and in ascending order. `+4930770100..199` gives only the digits that change. */
function suggestRange(first: string, last: string, countries: Countries): string | undefined {
  const short = /^\d+$/.test(last) && last.length < first.length
  const from = inE164(first, countries)
  const to = short ? from?.slice(0, -last.length).concat(last) : inE164(last, countries)
  if (from === undefined || to === undefined || from.length !== to.length) return undefined
  return [from, to].sort().join('..')
}

function inE164(end: string, countries: Countries): string | undefined {
  return isE164(end) ? end : suggestForm(end, countries)
}

/**
 * Reads `sip:alice@acme.sip.twilio.com`, `sip:49*@…` or `sip:*@…`. A `*` that belongs to the user, as in star
 * codes, is written `%2A`. A port and parameters may be there; they are not compared.
 */
function parseSipPattern(text: string): Parsed<SipPattern | SipPrefixPattern> {
  const [scheme] = /^sips?:/i.exec(text) ?? []
  if (scheme === undefined) return unparsed(patternError(text, `sip:${text}`))
  const [user, afterUser] = cut(text.slice(scheme.length), '@')
  if (afterUser === null) return unparsed(patternError(text, `${scheme}*@${user}`))
  const { value, problems } = parseHostPort(afterUser.replace(/[;?].*$/, ''))
  if (value === undefined) return unparsed(...problems)
  const error = userError(text, scheme, user, afterUser)
  return error ? unparsed(error) : parsed(sipPattern(text, user, sipDomain(value.host)))
}

function sipPattern(text: string, user: string, host: string): SipPattern | SipPrefixPattern {
  if (user.endsWith('*')) return { kind: 'sip-prefix', text, prefix: decode(user.slice(0, -1)), host }
  return { kind: 'sip', text, user: decode(user), host }
}

/** As `parseSipAddress` does it for the other side. */
function decode(user: string): string {
  return percentDecode(user) ?? user
}

function userError(text: string, scheme: string, user: string, afterUser: string): Problem | undefined {
  if (user === '') return patternError(text, `${scheme}*@${afterUser}`)
  if (!/\*./.test(user)) return illegalCharacter('the user part', user, USER)
  return starError(text, `${scheme}${user.replace(/\*(?=.)/g, '%2A')}@${afterUser}`)
}

const NUMBER = 'a plus sign and at most 15 digits, the country code first'
const RANGE = 'two E.164 numbers of the same length in ascending order'
const PATTERN = 'a number, a prefix, a range or a SIP address'

/** For a number, a prefix or an end of a range that is not written in E.164 form. */
function formError(text: string, meant: string | undefined): Problem {
  const form = meant === undefined ? `: ${NUMBER}` : ''
  return error('number-format', `"${text}" is not in E.164 form${form}`, NUMBER, text, meant)
}

function rangeError(text: string, meant: string | undefined): Problem {
  return error('number-range', `"${text}" is not ${RANGE}`, RANGE, text, meant)
}

/** For what is neither a number nor anything else that can be matched. */
function patternError(text: string, meant?: string): Problem {
  return error('address-pattern', `"${text}" is not ${PATTERN}`, PATTERN, text, meant)
}

/** For what Twilio says of a caller who withholds the number, such as `restricted` or `+266696687`. */
function withheldError(text: string): Problem {
  if (text === '' || text === 'anonymous') return patternError(text)
  const message = `"${text}" is what Twilio sends for a caller who withholds the number`
  return error('address-pattern', message, PATTERN, text, 'anonymous')
}

/** For a `*` before the end, where it would have to mean the middle. */
function starError(text: string, meant?: string): Problem {
  const message = `the * in "${text}" does not come last; it means all that follows`
  return error('address-pattern', message, 'one * at the end', text, meant)
}

/** For a lone `*`, which could mean every number or every call. */
function bareStarError(): Problem {
  const help = "write `+*`, or the config's `default`"
  const message = `"*" could mean every number or every call; ${help}`
  return { code: 'address-pattern', message, expected: PATTERN, found: '*', help }
}

function error(code: ErrorCode, message: string, expected: string, found: string, meant?: string): Problem {
  if (meant === undefined) return { code, message, expected, found }
  return { code, message: message + didYouMean(meant), expected, found, help: `write ${meant}` }
}
