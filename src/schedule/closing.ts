import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import type { CalendarClosing } from './calendar/calendar.js'
import { spanAt } from './calendar/time.js'
import { parseDates } from './dates.js'
import { DAY_MINUTES } from './day.js'
import { type Days, includes } from './days.js'
import { parseEntry } from './entry.js'
import type { Schedule } from './schedule.js'
import { inWindow, parseTimes, WHOLE_DAY, type Window } from './times.js'

/** One entry of `closed`, or one taken over from another schedule. */
export type Closing = (DateClosing | CalendarClosing) & {
  /** The schedule whose `closed` it stands in, if that is another one. */
  readonly lender?: string
}

export interface DateClosing {
  readonly kind: 'dates'
  /** The operator's words. */
  readonly text: string
  readonly days: Days
  readonly windows: readonly Window[]
}

const EXPECTED = '2026-12-25, 2026-12-24..2027-01-01, 12-25, each perhaps with times such as 14:00-24:00'

/**
 * Reads an entry of `closed` that names dates: `2026-12-25`, `2026-12-26..2027-01-01`, `12-25`,
 * `12-24..01-06`, each perhaps with times. Without times it closes from midnight to midnight, local time,
 * also for a window that began the evening before. Files and other schedules are for the caller to read:
 * `isCalendarFile`, `parseCalendar`, `mergeClosings`.
 */
export function parseClosing(text: string): Parsed<DateClosing> {
  const { value: entry, problems } = parseEntry(text, 'schedule-date', EXPECTED)
  if (!entry) return unparsed(...problems)
  if (/^[a-z,-]+$/i.test(entry.days)) return notDated(entry.text)
  const days = parseDates(entry.days)
  const windows = entry.times === undefined ? parsed([WHOLE_DAY]) : parseTimes(entry.times)
  if (!days.value || !windows.value) return unparsed(...days.problems, ...windows.problems)
  return parsed({ kind: 'dates', text: entry.text, days: days.value, windows: windows.value })
}

function notDated(found: string): Parsed<never> {
  const message = `closed takes dates, and "${found}" is none`
  const help = 'leave weekdays out of open instead'
  return unparsed({ code: 'schedule-date', message, expected: EXPECTED, found, help })
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
