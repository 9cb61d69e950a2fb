import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { DAY_MINUTES, dayNumber, daysInMonth, weekdayOf } from './days.js'
import { minutesShowing, offsetsOf } from './timezone.js'

// instant = YYYY "-" MM "-" DD ( "T" / " " ) HH ":" MM [ ":" SS [ "." digits ] ] [ "Z" / ( "+" / "-" ) HH ":" MM ]
// That is RFC 3339 §5.6, where seconds and offset may be left out, and the colon of the offset.
const INSTANT = /^([12]\d{3})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?$/i

const EXPECTED = 'a time such as 2026-11-20T10:00:00+01:00'

/**
 * Reads a time of ISO 8601 as epoch milliseconds. One without an offset is by the wall clock of `timezone`, an
 * IANA name that `parseTimezone` took; it is an error if there is no zone, or if the clock shows that time
 * never or twice.
 */
export function parseInstant(text: string, timezone?: string): Parsed<number> {
  const found = text.trim()
  const [, year, month, date, hour, minute, second = '0', fraction = '', offset] = INSTANT.exec(found) ?? []
  if (year === undefined) return wrong(found, `"${found}" is not a time of ISO 8601`)
  const isDate = isWithin(month, 1, 12) && isWithin(date, 1, daysInMonth(Number(year), Number(month)))
  if (!isDate) return wrong(found, `there is no date ${year}-${month}-${date}`)
  const isTime = isWithin(hour, 0, 23) && isWithin(minute, 0, 59) && isWithin(second, 0, 59)
  if (!isTime) return wrong(found, `${found} holds no time of day`, 'write a time from 00:00:00 to 23:59:59')
  const day = dayNumber(Number(year), Number(month), Number(date))
  const local = day * DAY_MINUTES + Number(hour) * 60 + Number(minute)
  const milliseconds = Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  const { value, problems } = offset ? byOffset(local, offset, found) : byZone(local, timezone, found)
  return value === undefined ? unparsed(...problems) : parsed(value * 60_000 + milliseconds)
}

/** The zone by which a time without an offset is read: that of all schedules, if they have the same. */
export function commonTimezone(schedules: Iterable<{ readonly timezone: string }>): string | undefined {
  const zones = new Set(Array.from(schedules, ({ timezone }) => timezone))
  return zones.size === 1 ? [...zones][0] : undefined
}

function isWithin(digits: string | undefined, least: number, most: number): boolean {
  return least <= Number(digits) && Number(digits) <= most
}

/** The UTC minute of a local one. */
function byOffset(local: number, offset: string, found: string): Parsed<number> {
  if (/^z$/i.test(offset)) return parsed(local)
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))]
  if (hours > 23 || minutes > 59) return wrong(found, `there is no offset ${offset}`)
  const ahead = hours * 60 + minutes
  return parsed(offset.startsWith('-') ? local + ahead : local - ahead)
}

function byZone(local: number, timezone: string | undefined, found: string): Parsed<number> {
  if (!timezone) return wrong(found, `${found} has no offset`, `write ${found}Z, or an offset such as +01:00`)
  const clock = `the clock of ${timezone}`
  const [minute, again] = minutesShowing(local, offsetsOf(timezone))
  if (minute === undefined) {
    return wrong(found, `${clock} skips ${found}, as it goes forward`, 'write a time that it shows')
  }
  if (again === undefined) return parsed(minute)
  const help = `write ${found}${offsetText(local - minute)} or ${found}${offsetText(local - again)}`
  return wrong(found, `${clock} shows ${found} twice, as it goes back`, help)
}

function offsetText(offset: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map(twoDigits)
  return `${offset < 0 ? '-' : '+'}${hours}:${minutes}`
}

/** An instant, in epoch milliseconds, by the wall clock of a zone: `2026-11-20T10:00:00+01:00`. */
export function instantText(at: number, timezone: string): string {
  const offset = offsetsOf(timezone)(Math.floor(at / MINUTE))
  return new Date(at + offset * MINUTE).toISOString().slice(0, 19) + offsetText(offset)
}

/** An instant, in epoch milliseconds, in UTC: `2026-11-20T09:00:00Z`, with milliseconds where it has some. */
export function utcText(at: number): string {
  return new Date(at).toISOString().replace('.000', '')
}

/** The instant, in epoch milliseconds, at which a day begins by the wall clock of a zone. */
export function dayStart(day: number, timezone: string): number {
  const offsetAt = offsetsOf(timezone)
  const midnight = day * DAY_MINUTES
  // where the clock goes forward at midnight the day begins with the first time that it shows
  return (minutesShowing(midnight, offsetAt)[0] ?? midnight - offsetAt(midnight - DAY_MINUTES)) * MINUTE
}

/** A number of a date or a clock: `07`. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

function wrong(found: string, message: string, help = `write ${EXPECTED}`): Parsed<never> {
  return unparsed({ code: 'instant-format', message, expected: EXPECTED, found, help })
}

// moment = YYYY "-" MM "-" DD / [ weekday ] HH ":" MM / a time of ISO 8601
const DATE = /^\d{4}-\d\d-\d\d$/
const WEEKDAY_TIME = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]* +(\S+)$/i
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/**
 * Reads a time that a person asks about, as epoch milliseconds: an instant, a date (its noon), or the next time after
 * `now` that the clock shows a time of day, on a weekday if one is named. What names no offset is by the clock of
 * `timezone`, and an error without one.
 */
export function parseMoment(text: string, now: number, timezone?: string): Parsed<number> {
  const found = text.trim()
  const [, day, time = found] = WEEKDAY_TIME.exec(found) ?? []
  const [, hour, minute] = TIME.exec(time) ?? []
  if (hour === undefined) return parseInstant(DATE.test(found) ? `${found}T12:00` : found, timezone)
  if (!timezone) return wrong(found, `${found} is by no clock: the schedules have no one time zone`)
  const weekday = day === undefined ? undefined : WEEKDAYS.indexOf(day.toLowerCase()) + 1
  return parsed(nextShowing(Number(hour) * 60 + Number(minute), now, timezone, weekday))
}

// until = HH ":" MM / digits ( "m" / "h" / "d" ) / a time of ISO 8601
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/
const DURATION = /^(\d{1,4})\s?([mhd])$/

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: DAY_MINUTES }
const MINUTE = 60_000
const LONGEST_DAYS = 366

const EXPECTED_UNTIL = 'an end such as 18:00, 2h or 2026-11-20T18:00:00+01:00'

/**
 * Reads when something set by hand ends, as epoch milliseconds: the next time that the clock of `timezone` (an
 * IANA name) shows a time of day, a while from now, or an instant. It must come, and within a year.
 */
export function parseUntil(text: string, now: number, timezone: string): Parsed<number> {
  const found = text.trim()
  const { value, problems } = readUntil(found, now, timezone)
  if (value === undefined) return unparsed(...problems)
  if (value <= now) return unparsed(wrongUntil(found, `${found} is over`))
  if (value > now + LONGEST_DAYS * DAY_MINUTES * MINUTE)
    return unparsed(wrongUntil(found, `${found} is more than a year from now; change the config instead`))
  return parsed(value)
}

function readUntil(found: string, now: number, timezone: string): Parsed<number> {
  const [, hour, minute] = TIME.exec(found) ?? []
  if (hour !== undefined) return parsed(nextShowing(Number(hour) * 60 + Number(minute), now, timezone))
  const [, count, unit] = DURATION.exec(found) ?? []
  if (unit !== undefined) return parsed(now + Number(count) * MINUTES[unit]! * MINUTE)
  const { value, problems } = parseInstant(found, timezone)
  if (value !== undefined) return parsed(value)
  return unparsed(...problems.map((problem) => ({ ...problem, expected: EXPECTED_UNTIL })))
}

/** A time of a weekday may be skipped once by a clock that goes forward. */
const DAYS_TRIED = 22

/** A time that the clock skips today comes tomorrow, one that it shows twice comes with the first. */
function nextShowing(time: number, now: number, timezone: string, weekday?: number): number {
  const offsetAt = offsetsOf(timezone)
  const minute = Math.floor(now / MINUTE)
  const today = Math.floor((minute + offsetAt(minute)) / DAY_MINUTES)
  const coming = Array.from({ length: DAYS_TRIED }, (_, later) => today + later)
  const days = coming.filter((day) => weekday === undefined || weekdayOf(day) === weekday)
  const minutes = days.flatMap((day) => minutesShowing(day * DAY_MINUTES + time, offsetAt))
  return minutes.find((candidate) => candidate > minute)! * MINUTE
}

function wrongUntil(found: string, message: string): Problem {
  return { code: 'instant-format', message, expected: EXPECTED_UNTIL, found, help: `write ${EXPECTED_UNTIL}` }
}
