import type { ErrorCode } from '../errors/codes.js'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import type { CalendarClosing } from './calendar/calendar.js'
import { spanAt } from './calendar/time.js'
import { DAY_MINUTES, type Days, EVERY_DAY, includes, joinDates, parseDates, parseWeekdays } from './days.js'
import { inWindow, parseTimes, repairTimes, WHOLE_DAY, type Window } from './times.js'

/** Opening hours by the wall clock of one time zone. Plain data: it can be handed from thread to thread. */
export interface Schedule {
  readonly name: string
  /** An IANA name, as `parseTimezone` gives it. */
  readonly timezone: string
  readonly openings: readonly Opening[]
  /** Looked through in this order; the first that fits is the reason. They win over every opening. */
  readonly closings: readonly Closing[]
}

/** One entry of `open`. */
export interface Opening {
  /** The operator's words. */
  readonly text: string
  readonly days: Days
  readonly windows: readonly Window[]
}

const EXPECTED_OPENING = 'days and times such as mon-fri 09:00-12:00,13:00-18:00'

/**
 * Reads an entry of `open`: weekdays, a date, a range of dates or a yearly date, then times; whole days
 * without times; or `always`. A window that ends before it begins runs across midnight and belongs to the
 * day on which it begins.
 *
 * Entries that name dates are special hours: the windows that begin on such a day take the place of those of
 * its weekday. If several fit, the most precise are in force: a date before a range, both before a yearly
 * date, that before a yearly range.
 */
export function parseOpening(text: string): Parsed<Opening> {
  const { value: entry, problems } = parseEntry(text, 'schedule-window', EXPECTED_OPENING)
  if (!entry) return unparsed(...problems)
  if (/^always$/i.test(entry.days)) return parseAlways(entry.text, entry.times)
  if (entry.times === undefined && isTimes(entry.days)) return withoutDays(entry.text)
  const days = /^\d/.test(entry.days) ? parseDates(entry.days) : parseWeekdays(entry.days)
  const windows = entry.times === undefined ? parsed([WHOLE_DAY]) : parseTimes(entry.times)
  if (!days.value || !windows.value) return unparsed(...days.problems, ...windows.problems)
  return parsed({ text: entry.text, days: days.value, windows: windows.value })
}

function parseAlways(text: string, times: string | undefined): Parsed<Opening> {
  if (times === undefined) return parsed({ text, days: EVERY_DAY, windows: [WHOLE_DAY] })
  return wrongOpening(text, `"${text}" has times, and always has none`, `write daily ${times}`)
}

function isTimes(text: string): boolean {
  return text.split(',').every(repairTimes) && !parseDates(text).value
}

function withoutDays(found: string): Parsed<never> {
  const times = found.split(',').map(repairTimes).join(',')
  const help = `write daily ${times}; in a [list], quote an entry that holds a comma`
  return wrongOpening(found, `"${found}" has no days before its times`, help)
}

function wrongOpening(found: string, message: string, help: string): Parsed<never> {
  return unparsed({ code: 'schedule-window', message, expected: EXPECTED_OPENING, found, help })
}

/** One entry of `closed`, or one taken over from another schedule. */
export type Closing = (DateClosing | CalendarClosing) & {
  /** The schedule whose `closed` it is in, if that is another one. */
  readonly lender?: string
}

export interface DateClosing {
  readonly kind: 'dates'
  /** The operator's words. */
  readonly text: string
  readonly days: Days
  readonly windows: readonly Window[]
}

const EXPECTED_CLOSING =
  '2026-12-25, 2026-12-24..2027-01-01, 12-25, each perhaps with times such as 14:00-24:00'

/**
 * Reads an entry of `closed` that names dates: `2026-12-25`, `2026-12-26..2027-01-01`, `12-25`,
 * `12-24..01-06`, each perhaps with times. Without times it closes from midnight to midnight, local time,
 * also for a window that began the evening before. Files and other schedules are for the caller to read:
 * `isCalendarFile`, `parseCalendar`, `mergeClosings`.
 */
export function parseClosing(text: string): Parsed<DateClosing> {
  const { value: entry, problems } = parseEntry(text, 'schedule-date', EXPECTED_CLOSING)
  if (!entry) return unparsed(...problems)
  if (/^[a-z,-]+$/i.test(entry.days)) return notDated(entry.text)
  const days = parseDates(entry.days)
  const windows = entry.times === undefined ? parsed([WHOLE_DAY]) : parseTimes(entry.times)
  if (!days.value || !windows.value) return unparsed(...days.problems, ...windows.problems)
  return parsed({ kind: 'dates', text: entry.text, days: days.value, windows: windows.value })
}

function notDated(found: string): Parsed<never> {
  const message = `closed takes dates; "${found}" is not one`
  const help = 'leave weekdays out of open instead'
  return unparsed({ code: 'schedule-date', message, expected: EXPECTED_CLOSING, found, help })
}

/** Whether an entry of `closed` names a calendar file instead of dates. */
export function isCalendarFile(entry: string): boolean {
  return /\.ics$/i.test(entry.trim())
}

/** Why a closing is in force at a UTC minute that the wall clock shows as `local`; undefined if it is not. */
export function closedBecause(closing: Closing, minute: number, local: number): string | undefined {
  const name = closing.lender ? `${closing.text} of ${closing.lender}` : closing.text
  if (closing.kind === 'dates') return holds(closing, local) ? `closed ${name}` : undefined
  const event = spanAt(closing.local, local) ?? spanAt(closing.absolute, minute)
  return event && `closed ${name}: ${event.summary}`
}

function holds({ days, windows }: DateClosing, local: number): boolean {
  const day = Math.floor(local / DAY_MINUTES)
  const time = local - day * DAY_MINUTES
  const holdsFrom = (first: number, at: number) =>
    includes(days, first) && windows.some((window) => inWindow(window, at))
  return holdsFrom(day, time) || holdsFrom(day - 1, time + DAY_MINUTES)
}

/**
 * The closings of a schedule that also keeps those of others (`{ schedule: NAME }`): its own first. Dates
 * hold by the wall clock of the schedule that takes them over.
 */
export function mergeClosings(own: readonly Closing[], lenders: readonly Schedule[]): Closing[] {
  const lent = lenders.flatMap(({ name, closings }) =>
    closings.map((closing) => ({ lender: name, ...closing })),
  )
  return [...own, ...lent]
}

/** An entry of `open` or `closed` in its parts: days, then perhaps times. */
interface ScheduleEntry {
  /** The operator's words, with single spaces. */
  readonly text: string
  readonly days: string
  readonly times: string | undefined
}

// entry = days [ " " times ]

/** Takes an entry apart. Spaces around `-`, `..` and commas do not count. */
function parseEntry(text: string, code: ErrorCode, expected: string): Parsed<ScheduleEntry> {
  const tidy = tidied(text)
  const [days, times, ...more] = tidy.split(' ')
  const wrong = (message: string, help = `write ${expected}`): Parsed<never> =>
    unparsed({ code, message, expected, found: tidy, help })
  if (!days) return wrong('the entry is empty')
  if (LOOKALIKES.test(tidy))
    return wrong(`"${tidy}" holds a sign that only looks like - or ..`, `write ${plain(tidy)}`)
  if (more.length > 0) return wrong(`"${tidy}" has more than two parts, days and times`)
  return parsed({ text: tidy, days, times })
}

function tidied(text: string): string {
  const spaced = text.trim().replace(/\s+/g, ' ')
  return spaced.replace(/ ?(,|-|\.\.) ?/g, '$1')
}

/** What word processors make of the signs of the language: dashes, minus, ellipsis. */
const LOOKALIKES = /[\u2010-\u2015\u2212\u2026]|\.{3,}/

function plain(text: string): string {
  return joinDates(text.replace(/[\u2010-\u2015\u2212]/g, '-').replace(/\u2026|\.{3,}/g, '..'))
}
