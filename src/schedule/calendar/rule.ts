import type ICAL from 'ical.js'
import { CalendarError } from './error.js'

/**
 * A recurrence rule of RFC 5545 §3.3.10 that repeats by days, weeks, months or years. An empty list is a part
 * that the rule does not have; weekdays go from 1 for Monday to 7 for Sunday.
 */
export interface RecurrenceRule {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  readonly interval: number
  readonly count: number
  readonly weekStart: number
  readonly months: readonly number[]
  readonly weeks: readonly number[]
  readonly yearDays: readonly number[]
  readonly monthDays: readonly number[]
  readonly weekdays: readonly NamedWeekday[]
  readonly positions: readonly number[]
}

/** `nth` is 0 for every such weekday, and negative from the end. */
export interface NamedWeekday {
  readonly nth: number
  readonly weekday: number
}

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
const CLOCK_PARTS = ['BYHOUR', 'BYMINUTE', 'BYSECOND'] as const
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** An RRULE as ical.js read it, in our terms. Throws a `CalendarError` for what no closing needs. */
export function ruleOf(recur: ICAL.Recur): RecurrenceRule {
  const { parts } = recur
  const frequency = FREQUENCIES.find((name) => name === recur.freq)
  if (!frequency || CLOCK_PARTS.some((part) => parts[part])) {
    throw new CalendarError('its RRULE repeats within a day', 'repeat it by days, weeks, months or years')
  }
  if ('rscale' in recur)
    throw new CalendarError('its RRULE has RSCALE, another calendar', 'list the dates as RDATE')
  return {
    frequency,
    interval: recur.interval,
    count: recur.count ?? Number.POSITIVE_INFINITY,
    weekStart: isoWeekday(recur.wkst),
    months: parts.BYMONTH ?? [],
    weeks: parts.BYWEEKNO ?? [],
    yearDays: parts.BYYEARDAY ?? [],
    monthDays: parts.BYMONTHDAY ?? [],
    weekdays: (parts.BYDAY ?? []).map(weekdayOf),
    positions: parts.BYSETPOS ?? [],
  }
}

/** ical.js counts from 1 for Sunday. */
function isoWeekday(weekday: number): number {
  return ((weekday + 5) % 7) + 1
}

/** `MO`, `2TU` or `-1SU`. */
function weekdayOf(text: string): NamedWeekday {
  return { nth: Number(text.slice(0, -2)), weekday: WEEKDAYS.indexOf(text.slice(-2)) + 1 }
}
