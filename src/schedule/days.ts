import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'

/*
 * Calendar days are whole numbers, days since 1970-01-01, so that weekdays, ranges and midnights are plain arithmetic.
 * Below: the days that an entry of a schedule names, and how they are read.
 */

export const DAY_MINUTES = 1440

const DAY_MILLISECONDS = 86_400_000

/** A day taken apart; month and date count from 1. */
export interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly date: number
}

/** The number of a day. A date past the end of its month runs on into the next. */
export function dayNumber(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MILLISECONDS
}

/** The calendar date of a day. */
export function dateOf(day: number): CalendarDate {
  const date = new Date(day * DAY_MILLISECONDS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() }
}

/** 1 for Monday to 7 for Sunday, as in ISO 8601. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** How many days ago the last such weekday was, 0 to 6. */
export function daysSince(weekday: number, day: number): number {
  return (weekdayOf(day) - weekday + 7) % 7
}

/** 28 to 31; `month` counts from 1. */
export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)
}

/**
 * The days that an entry of a schedule names. Dates are day numbers, yearly days are by `yearlyDay`; a yearly `first`
 * above `last` wraps the year.
 */
export type Days =
  | { readonly kind: 'dates'; readonly first: number; readonly last: number }
  | { readonly kind: 'yearly'; readonly first: number; readonly last: number }
  | { readonly kind: 'weekly'; readonly weekdays: readonly number[] }

/** Whether a day is one of them. 29 February is there in leap years only. */
export function includes(days: Days, day: number): boolean {
  if (days.kind === 'weekly') return days.weekdays.includes(weekdayOf(day))
  const place = days.kind === 'dates' ? day : yearlyDay(dateOf(day))
  return days.first <= days.last
    ? days.first <= place && place <= days.last
    : days.first <= place || place <= days.last
}

/** A date without its year as a number that sorts: 1225 for 25 December. */
export function yearlyDay({ month, date }: Pick<CalendarDate, 'month' | 'date'>): number {
  return month * 100 + date
}

/**
 * The more precisely days are named, the lower: a date, a range of dates, a yearly date, a yearly range,
 * weekdays. The lowest that a day has is in force on it.
 */
export function precision(days: Days): number {
  if (days.kind === 'weekly') return WEEKLY
  return (days.kind === 'dates' ? 0 : 2) + (days.first === days.last ? 0 : 1)
}

export const WEEKLY = 4

/** A date as it was written; a yearly one has no year. */
interface WrittenDate {
  readonly text: string
  readonly year: number | undefined
  readonly month: number
  readonly date: number
}

// date = [ YYYY "-" ] MM "-" DD
const DATE = /^(?:([12]\d{3})-)?(\d\d)-(\d\d)$/

const EXPECTED_DATES = '2026-12-25, 2026-12-24..2027-01-01, 12-25 or 12-24..12-26'

/**
 * Reads a date `2026-12-25`, a range `2026-12-26..2027-01-01` with both ends, a yearly date `12-25` or a
 * yearly range `12-24..01-06`, which may wrap the year.
 */
export function parseDates(text: string): Parsed<Days> {
  const [first, last = first, ...more] = text.split('..').map(parseDate)
  const problem = [first!, last!].flatMap((date) => date.problems)[0]
  if (more.length > 0) return unparsed(notDates(text))
  return problem ? unparsed(problem) : daysBetween(text, first!.value!, last!.value!)
}

function daysBetween(text: string, first: WrittenDate, last: WrittenDate): Parsed<Days> {
  if (first.year === undefined && last.year === undefined) {
    return parsed({ kind: 'yearly', first: yearlyDay(first), last: yearlyDay(last) })
  }
  if (first.year === undefined || last.year === undefined) return unparsed(halfYearly(text))
  const from = dayNumber(first.year, first.month, first.date)
  const until = dayNumber(last.year, last.month, last.date)
  return from > until
    ? unparsed(reversed(text, first, last))
    : parsed({ kind: 'dates', first: from, last: until })
}

/** Any leap year: a yearly date may be 29 February. */
const LEAP_YEAR = 2024

function parseDate(text: string): Parsed<WrittenDate> {
  const parts = DATE.exec(text)
  if (!parts) return unparsed(notDates(text))
  const [year, month, date] = [parts[1] ? Number(parts[1]) : undefined, Number(parts[2]), Number(parts[3])]
  if (month < 1 || month > 12) return unparsed(noMonth(text))
  const length = daysInMonth(year ?? LEAP_YEAR, month)
  if (date < 1 || date > length) return unparsed(noSuchDate(text, length))
  return parsed({ text, year, month, date })
}

function noMonth(found: string): Problem {
  return wrongDates(`${found} does not exist: months go from 01 to 12`, found, `write ${EXPECTED_DATES}`)
}

function noSuchDate(found: string, length: number): Problem {
  const month = found.slice(0, -3)
  const message = `${found} does not exist: ${month} has ${length} days`
  return wrongDates(message, found, `write ${month}-${length} at most`)
}

function halfYearly(found: string): Problem {
  const message = `one end of ${found} has a year and the other has none`
  return wrongDates(message, found, 'write the year at both ends, or at none')
}

function reversed(found: string, first: WrittenDate, last: WrittenDate): Problem {
  return wrongDates(`${found} ends before it begins`, found, `write ${last.text}..${first.text}`)
}

function notDates(found: string): Problem {
  return wrongDates(`"${found}" is not a date`, found, `write ${repairDate(found) ?? EXPECTED_DATES}`)
}

function wrongDates(message: string, found: string, help: string): Problem {
  return { code: 'schedule-date', message, expected: EXPECTED_DATES, found, help }
}

/** What people write for a date, as this language has it: 2026/12/5, 2026-12-5, 5.12.2026, 12-5, 12-24-12-26. */
function repairDate(text: string): string | undefined {
  const joined = joinDates(text)
  if (joined !== text) return joined
  const byYear = /^(?:(\d{4})[-/.])?(\d{1,2})[-/](\d{1,2})$/.exec(text)
  const byDate = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(text)
  const [year, month, date] = byYear?.slice(1) ?? byDate?.slice(1).reverse() ?? []
  if (month === undefined || date === undefined) return undefined
  const repaired = [...(year ? [year] : []), month.padStart(2, '0'), date.padStart(2, '0')].join('-')
  return parseDate(repaired).value && repaired
}

/** Puts `..` for a dash between two dates. */
export function joinDates(text: string): string {
  return text.replace(/((?:\d{4}-)?\d\d-\d\d)-((?:\d{4}-)?\d\d-\d\d)/, '$1..$2')
}

const LONG = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const SHORT = LONG.map((name) => name.slice(0, 3))
const WORDS = [...SHORT, ...LONG, 'daily']

/** Words that are meant well, and how this language says them. */
const OTHER_WORDS = new Map([
  ['weekday', 'mon-fri'],
  ['weekdays', 'mon-fri'],
  ['weekend', 'sat,sun'],
  ['weekends', 'sat,sun'],
  ['everyday', 'daily'],
])

export const EVERY_DAY: Days = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7] }

/** Reads weekdays, short or long, in any case: `mon-fri`, `mon,wed,fri`, `sat-mon` (wraps the week), `daily`. */
export function parseWeekdays(text: string): Parsed<Days> {
  const unknown = text.split(/[,-]/).find((word) => !WORDS.includes(word.toLowerCase()))
  if (unknown !== undefined) return noDay(unknown)
  const items = text.toLowerCase().split(',')
  if (items.includes('daily')) return items.length === 1 ? parsed(EVERY_DAY) : notAlone(text)
  const ranges = items.map((item) => item.split('-'))
  if (ranges.some((range) => range.length > 2 || range.includes('daily'))) return notRange(text)
  const weekdays = new Set(ranges.flatMap(([first, last]) => weekdaysBetween(first!, last ?? first!)))
  return parsed({ kind: 'weekly', weekdays: [...weekdays].sort() })
}

function weekdaysBetween(first: string, last: string): number[] {
  const [from, until] = [SHORT.indexOf(first.slice(0, 3)), SHORT.indexOf(last.slice(0, 3))]
  return Array.from({ length: ((until - from + 7) % 7) + 1 }, (_, step) => ((from + step) % 7) + 1)
}

const EXPECTED_WEEKDAYS = 'days such as mon-fri, mon,wed, daily, 2026-12-24 or 12-24'

function noDay(word: string): Parsed<never> {
  const meant = OTHER_WORDS.get(word.toLowerCase()) ?? suggest(word, WORDS)
  const message = `there is no day "${word}"${didYouMean(meant)}`
  return wrongWeekdays(word, message, `write ${meant ?? EXPECTED_WEEKDAYS}`)
}

function notAlone(found: string): Parsed<never> {
  return wrongWeekdays(
    found,
    `"${found}" names other days next to daily, which is all of them`,
    'write daily',
  )
}

function notRange(found: string): Parsed<never> {
  return wrongWeekdays(found, `"${found}" is not days from one weekday to another`, 'write mon-fri')
}

function wrongWeekdays(found: string, message: string, help: string): Parsed<never> {
  return unparsed({ code: 'schedule-window', message, expected: EXPECTED_WEEKDAYS, found, help })
}
