import { dateOf, dayNumber, daysInMonth, daysSince, weekdayOf } from '../day.js'
import { fits } from './fits.js'
import type { RecurrenceRule } from './rule.js'

/**
 * The days on which a rule recurs, in order, before the day `until`; the first is `start`, whether it fits
 * or not. Periods are walked one after the other and every day of a period is asked whether it fits, so
 * it ends for every rule, also for one that never fits. (The iterator of ical.js does not: its issue 1038.)
 * `spend` is told of every day that is looked at, and may throw.
 */
export function* recurrenceDays(
  rule: RecurrenceRule,
  start: number,
  until: number,
  spend: (days: number) => void,
): Generator<number> {
  const full = complete(rule, start)
  let left = rule.count - 1
  yield start
  for (const period of periods(full, start, until)) {
    spend(period.length + 1)
    const fitting = period.filter((day) => fits(full, day))
    for (const day of atPositions(fitting, rule.positions)) {
      if (day <= start) continue
      if (day >= until || left <= 0) return
      left -= 1
      yield day
    }
  }
}

/** Fills in what RFC 5545 §3.3.10 takes from the start when a rule does not name days. */
function complete(rule: RecurrenceRule, start: number): RecurrenceRule {
  const { month, date } = dateOf(start)
  const weekdays = [{ nth: 0, weekday: weekdayOf(start) }]
  const namesDays = rule.monthDays.length + rule.yearDays.length + rule.weekdays.length > 0
  if (namesDays || rule.frequency === 'DAILY') return rule
  if (rule.frequency === 'WEEKLY' || rule.weeks.length > 0) return { ...rule, weekdays }
  const months = rule.frequency === 'YEARLY' && rule.months.length === 0 ? [month] : rule.months
  return { ...rule, months, monthDays: [date] }
}

/** The days of each period of a rule, one period after the other, while they begin before `until`. */
function* periods(rule: RecurrenceRule, start: number, until: number): Generator<number[]> {
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

function daysOfYear(rule: RecurrenceRule, year: number): number[] {
  const months = rule.months.length > 0 ? rule.months.toSorted((a, b) => a - b) : MONTHS
  return months.flatMap((month) => daysOfMonth(year, month))
}

/** BYSETPOS: picks from the days of a period by their place, from the end if negative. */
function atPositions(days: number[], positions: readonly number[]): number[] {
  if (positions.length === 0) return days
  return days.filter((_, at) => positions.includes(at + 1) || positions.includes(at - days.length))
}
