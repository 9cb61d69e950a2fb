import { dateOf, dayNumber, daysInMonth, daysSince, weekdayOf } from '../day.js'
import type { NamedWeekday, RecurrenceRule } from './rule.js'

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

/** Where something stands, from 1, in something of a length. */
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
