import { IANAZone } from 'luxon'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import { DAY_MINUTES } from './days.js'

let known: readonly string[] | undefined

/** The zones that Node knows; listed when first asked for, which takes 2 ms. */
function knownZones(): readonly string[] {
  known ??= [...Intl.supportedValuesOf('timeZone'), 'UTC']
  return known
}

/** Names without a slash that are as short as an abbreviation, and are none. From the IANA file `backward`. */
const SHORT_NAMES = new Set(['utc', 'cuba', 'eire', 'gb', 'iran', 'nz', 'prc', 'roc', 'rok'])

/**
 * What is meant by an abbreviation. None is accepted, not even those that Intl knows: it takes BST for
 * Dhaka, and EST has no summer.
 */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ...abbreviations('Europe/Berlin', 'cet', 'cest', 'met', 'mez', 'mesz'),
  ...abbreviations('Europe/Helsinki', 'eet', 'eest'),
  ...abbreviations('Europe/Lisbon', 'wet', 'west'),
  ...abbreviations('Europe/London', 'gmt', 'bst'),
  ...abbreviations('Europe/Moscow', 'msk'),
  ...abbreviations('America/New_York', 'est', 'edt', 'et', 'est5edt'),
  ...abbreviations('America/Chicago', 'cst', 'cdt', 'ct', 'cst6cdt'),
  ...abbreviations('America/Denver', 'mst', 'mdt', 'mt', 'mst7mdt'),
  ...abbreviations('America/Los_Angeles', 'pst', 'pdt', 'pt', 'pst8pdt'),
  ...abbreviations('America/Anchorage', 'akst', 'akdt'),
  ...abbreviations('Pacific/Honolulu', 'hst'),
  ...abbreviations('Asia/Kolkata', 'ist'),
  ...abbreviations('Asia/Tokyo', 'jst'),
  ...abbreviations('Australia/Sydney', 'aest', 'aedt'),
  ...abbreviations('UTC', 'z', 'zulu', 'uct'),
}

function abbreviations(zone: string, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, zone]))
}

const FIXED_OFFSET = /^(?:utc|gmt)? ?[+-]\d/i
const ABBREVIATION = /^[a-z]{1,4}$|^[a-z]{3}\d[a-z]{3}$/i
const EXPECTED = 'an IANA time zone such as Europe/Berlin'

/**
 * Reads the IANA name of a time zone, in any case, links such as `US/Eastern` included. Fixed offsets and
 * abbreviations are errors: neither says when the clock changes.
 */
export function parseTimezone(text: string): Parsed<string> {
  const name = text.trim()
  const lower = name.toLowerCase()
  if (FIXED_OFFSET.test(name)) return fixedOffset(name)
  if (ABBREVIATION.test(name) && !SHORT_NAMES.has(lower)) return abbreviation(name)
  const listed = knownZones().find((zone) => zone.toLowerCase() === lower)
  if (listed === undefined && !IANAZone.isValidZone(name)) return unknown(name)
  return parsed(listed ?? name)
}

function fixedOffset(name: string): Parsed<never> {
  const message = `"${name}" is a fixed offset, which knows no summer time`
  return wrong(name, message, 'write the place, such as Europe/Berlin, or UTC')
}

function abbreviation(name: string): Parsed<never> {
  const message = `"${name}" is an abbreviation, which does not say when the clock changes`
  return wrong(
    name,
    message,
    `write ${ABBREVIATIONS[name.toLowerCase()] ?? 'a place, such as Europe/Berlin'}`,
  )
}

function unknown(name: string): Parsed<never> {
  const city = `/${name.toLowerCase().replaceAll(' ', '_')}`
  const meant = knownZones().find((zone) => zone.toLowerCase().endsWith(city)) ?? suggest(name, knownZones())
  const message = `there is no time zone "${name}"${didYouMean(meant)}`
  return wrong(name, message, `write ${meant ?? EXPECTED}`)
}

function wrong(found: string, message: string, help: string): Parsed<never> {
  return unparsed({ code: 'time-zone', message, expected: EXPECTED, found, help })
}

/**
 * How far the wall clock is ahead of UTC, in minutes, at a UTC minute. A UTC minute counts from
 * 1970-01-01T00:00Z, a local minute from 1970-01-01T00:00 on the wall clock: local = minute + offset.
 */
export type OffsetAt = (minute: number) => number

/** The offsets of an IANA zone, to the whole minute (seconds occur only before 1972). */
export function offsetsOf(timezone: string): OffsetAt {
  const zone = IANAZone.create(timezone)
  return (minute) => Math.round(zone.offset(minute * 60_000))
}

/**
 * The UTC minutes at which the wall clock shows a local minute, in order: none for a time that is skipped
 * when the clock goes forward, two for one that occurs twice when it goes back.
 */
export function minutesShowing(local: number, offsetAt: OffsetAt): number[] {
  // No offset is as large as a day and no zone changes twice in two days.
  const offsets = new Set([offsetAt(local - DAY_MINUTES), offsetAt(local + DAY_MINUTES)])
  return [...offsets]
    .map((offset) => local - offset)
    .filter((minute) => offsetAt(minute) === local - minute)
    .sort((a, b) => a - b)
}

/** A time, in UTC minutes, in which the offset stays the same; `until` is exclusive. */
export interface Offset {
  readonly from: number
  readonly until: number
  readonly offset: number
}

/** Cuts a time, in UTC minutes, into stretches of one offset and at most a day each, in which the offset changes once at most. */
export function* stretches(offsetAt: OffsetAt, from: number, until: number): Generator<Offset> {
  let offset = offsetAt(from)
  for (let at = from; at < until; ) {
    const ahead = Math.min(at + DAY_MINUTES, until)
    const next = offsetAt(ahead)
    const end = next === offset ? ahead : changeBetween(offsetAt, at, ahead)
    yield { from: at, until: end, offset }
    at = end
    offset = next
  }
}

/** The first minute with another offset than `from` has; `until` has another. */
function changeBetween(offsetAt: OffsetAt, from: number, until: number): number {
  const before = offsetAt(from)
  let [low, high] = [from, until]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}
