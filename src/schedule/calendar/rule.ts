import type ICAL from 'ical.js'
import { dateOf, dayNumber, daysInMonth, daysSince, weekdayOf } from '../days.js'
import { CalendarError } from './limits.js'

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
interface NamedWeekday {
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
    weekdays: (parts.BYDAY ?? []).map(namedWeekday),
    positions: parts.BYSETPOS ?? [],
  }
}

/** ical.js counts from 1 for Sunday. */
function isoWeekday(weekday: number): number {
  return ((weekday + 5) % 7) + 1
}

/** `MO`, `2TU` or `-1SU`. */
function namedWeekday(text: string): NamedWeekday {
  return { nth: Number(text.slice(0, -2)), weekday: WEEKDAYS.indexOf(text.slice(-2)) + 1 }
}

/**
 * Whether a day is one that every BY part of a rule names. For RFC 5545 §3.3.10 some parts "expand" and others
 * "limit"; when a period is asked day by day, both come to the same.
 */
export function fits(rule: RecurrenceRule, day: number): boolean {
  const { weekdays } = rule
  const placeOfWeekday = rule.frequency === 'YEARLY' && rule.months.length === 0 ? placeInYear : placeInMonth
  return (
    (weekdays.length === 0 || weekdays.some((named) => fitsWeekday(named, day, placeOfWeekday))) &&
    (rule.months.length === 0 || rule.months.includes(dateOf(day).month)) &&
    isNamed(rule.monthDays, () => placeInMonth(day)) &&
    isNamed(rule.yearDays, () => placeInYear(day)) &&
    isNamed(rule.weeks, () => placeOfWeek(day, rule.weekStart))
  )
}

/** The place of something, from 1, in something of a length. */
interface PlaceIn {
  readonly place: number
  readonly length: number
}

/** Whether a place is named, from the front or from the end; all are when none is named. */
function isNamed(named: readonly number[], whereIs: () => PlaceIn): boolean {
  if (named.length === 0) return true
  const { place, length } = whereIs()
  return named.includes(place) || named.includes(place - length - 1)
}

function placeInMonth(day: number): PlaceIn {
  const { year, month, date } = dateOf(day)
  return { place: date, length: daysInMonth(year, month) }
}

function placeInYear(day: number): PlaceIn {
  const { year } = dateOf(day)
  const first = dayNumber(year, 1, 1)
  return { place: day - first + 1, length: dayNumber(year + 1, 1, 1) - first }
}

/** Week 1 is the first with at least four days in the year, so the fourth day of a week tells its year. */
function placeOfWeek(day: number, weekStart: number): PlaceIn {
  const fourth = (inWeek: number) => inWeek - daysSince(weekStart, inWeek) + 3
  const { year } = dateOf(fourth(day))
  const week = (inWeek: number) => Math.floor((fourth(inWeek) - dayNumber(year, 1, 1)) / 7) + 1
  // 28 December lies in the last week of its year, whatever day weeks begin on.
  return { place: week(day), length: week(dayNumber(year, 12, 28)) }
}

function fitsWeekday(named: NamedWeekday, day: number, whereIs: (day: number) => PlaceIn): boolean {
  if (named.weekday !== weekdayOf(day) || named.nth === 0) return named.weekday === weekdayOf(day)
  const { place, length } = whereIs(day)
  const fromEnd = length - place + 1
  return named.nth > 0 ? named.nth === Math.ceil(place / 7) : -named.nth === Math.ceil(fromEnd / 7)
}
