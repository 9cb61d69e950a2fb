import { type CalendarTime, dayOf, minuteOf } from './moment.js'

/** A time at which something begins: by its own wall clock, and on the axis of its zone (see `minuteOf`). */
export interface Start {
  readonly local: number
  readonly at: number
}

/** Instances of a recurrence, as EXDATE and RECURRENCE-ID name them. */
export interface Instances {
  /** Days named without a time: every instance of the day is meant. */
  readonly wholeDays: Set<number>
  /** All days named, with a time or without; of a time in UTC, the day of the schedule. */
  readonly days: Set<number>
  /** Times named, see `minuteOf`. */
  readonly times: Set<number>
  /** Times named, by the clock of the schedule. */
  readonly homeTimes: Set<number>
}

export function instancesAt(moments: readonly CalendarTime[]): Instances {
  const instances: Instances = {
    wholeDays: new Set(),
    days: new Set(),
    times: new Set(),
    homeTimes: new Set(),
  }
  for (const moment of moments) addInstance(instances, moment)
  return instances
}

export function addInstance(
  { wholeDays, days, times, homeTimes }: Instances,
  { local, isDay, offsetAt, home }: CalendarTime,
): void {
  days.add(dayOf(home))
  homeTimes.add(home)
  if (isDay) wholeDays.add(dayOf(local))
  else times.add(minuteOf(local, offsetAt))
}

/** Whether a start of what begins at `first` is named: by its day when either has no time. */
export function isAmong(
  { wholeDays, days, times, homeTimes }: Instances,
  first: CalendarTime,
  start: Start,
): boolean {
  const day = dayOf(start.local)
  if (first.isDay) return days.has(day)
  return wholeDays.has(day) || (first.offsetAt ? times : homeTimes).has(start.at)
}
