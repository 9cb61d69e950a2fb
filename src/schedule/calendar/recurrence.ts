import { dateOf, dayNumber, daysInMonth, weekdayOf } from '../day.js'

/**
 * A recurrence rule of RFC 5545 §3.3.10 that repeats by days, weeks, months or years. An empty list is a part
 * that the rule does not have; weekdays go from 1 for Monday to 7 for Sunday.
 */
export interface Rule {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  readonly interval: number
  readonly count: number
  readonly weekStart: number
  readonly months: readonly number[]
  readonly weeks: readonly number[]
  readonly yearDays: readonly number[]
  readonly monthDays: readonly number[]
  /** `nth` is 0 for every such weekday, and negative from the end. */
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[]
  readonly positions: readonly number[]
}

/**
 * The days on which a rule recurs, in order, before the day `until`; the first is `start`, whether it fits
 * or not. Periods are walked one after the other and every day of a period is asked whether it fits, so
 * it ends for every rule, also for one that never fits. (The iterator of ical.js does not: its issue 1038.)
 * `spend` is told of every day that is looked at, and may throw.
 */
export function* recurrenceDays(
  rule: Rule,
  start: number,
  until: number,
  spend: (days: number) => void,
): Generator<number> {
  const full = complete(rule, start)
  let left = rule.count - 1
  yield start
  for (const period of periods(full, start, until)) {
    spend(period.length + 1)
    const days = atPositions(
      period.filter((day) => fits(full, day)),
      rule.positions,
    )
    for (const day of days) {
      if (day <= start) continue
      if (day >= until || left <= 0) return
      left -= 1
      yield day
    }
  }
}

/** Fills in what RFC 5545 §3.3.10 takes from the start when a rule does not name days. */
function complete(rule: Rule, start: number): Rule {
  const { month, date } = dateOf(start)
  const weekdays = [{ nth: 0, weekday: weekdayOf(start) }]
  const namesDays = rule.monthDays.length + rule.yearDays.length + rule.weekdays.length > 0
  if (namesDays || rule.frequency === 'DAILY') return rule
  if (rule.frequency === 'WEEKLY' || rule.weeks.length > 0) return { ...rule, weekdays }
  const months = rule.frequency === 'YEARLY' && rule.months.length === 0 ? [month] : rule.months
  return { ...rule, months, monthDays: [date] }
}

/** The days of each period of a rule, one period after the other, while they begin before `until`. */
function* periods(rule: Rule, start: number, until: number): Generator<number[]> {
  const { year, month } = dateOf(start)
  const weekFirst = start - daysSince(rule.weekStart, start)
  const period = {
    DAILY: (step: number) => [start + step],
    WEEKLY: (step: number) => run(weekFirst + step * 7, 7),
    MONTHLY: (step: number) => daysOfMonth(year, month + step),
    YEARLY: (step: number) => daysOfYear(rule, year + step),
  }[rule.frequency]
  // Compared so that a step beyond what Date can hold, which gives no days, ends it too.
  for (let step = 0, days = period(0); days[0]! < until; days = period(step)) {
    yield days
    step += rule.interval
  }
}

function run(first: number, length: number): number[] {
  return Array.from({ length }, (_, at) => first + at)
}

function daysOfMonth(year: number, month: number): number[] {
  return run(dayNumber(year, month, 1), daysInMonth(year, month))
}

const MONTHS = run(1, 12)

function daysOfYear(rule: Rule, year: number): number[] {
  const months = rule.months.length > 0 ? rule.months.toSorted((a, b) => a - b) : MONTHS
  return months.flatMap((month) => daysOfMonth(year, month))
}

/** How many days ago the last such weekday was. */
function daysSince(weekday: number, day: number): number {
  return (weekdayOf(day) - weekday + 7) % 7
}

/** BYSETPOS: picks from the days of a period by their place, from the end if negative. */
function atPositions(days: number[], positions: readonly number[]): number[] {
  if (positions.length === 0) return days
  return days.filter((_, at) => positions.includes(at + 1) || positions.includes(at - days.length))
}

function fits(rule: Rule, day: number): boolean {
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

function fitsWeekday(
  named: Rule['weekdays'][number],
  day: number,
  whereIs: (day: number) => PlaceIn,
): boolean {
  if (named.weekday !== weekdayOf(day) || named.nth === 0) return named.weekday === weekdayOf(day)
  const { place, length } = whereIs(day)
  return named.nth > 0
    ? named.nth === Math.ceil(place / 7)
    : -named.nth === Math.ceil((length - place + 1) / 7)
}
