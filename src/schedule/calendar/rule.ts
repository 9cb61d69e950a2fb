import type ICAL from 'ical.js'
import { CalendarError } from './error.js'
import type { Rule } from './recurrence.js'

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
const CLOCK_PARTS = ['BYHOUR', 'BYMINUTE', 'BYSECOND'] as const
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** An RRULE as ical.js read it, in our terms. Throws a `CalendarError` for what no closing needs. */
export function ruleOf(recur: ICAL.Recur): Rule {
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
function weekdayOf(text: string): Rule['weekdays'][number] {
  return { nth: Number(text.slice(0, -2)), weekday: WEEKDAYS.indexOf(text.slice(-2)) + 1 }
}
