import { type CalendarDate, dateOf, weekdayOf } from './day.js'

/** The days that an entry speaks of. Dates are day numbers, yearly days are by `yearlyDay`; a yearly `first` above `last` wraps the year. */
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
