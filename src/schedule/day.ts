/** Calendar days are whole numbers, days since 1970-01-01, so that weekdays, ranges and midnights are plain arithmetic. */

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

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)
}
