import { dayOf, type Moment, minuteOf } from './moment.js'

/** A time at which something begins: by its own wall clock, and on the axis of its zone (see `minuteOf`). */
export interface Start {
  readonly local: number
  readonly at: number
}

/** Instances of a recurrence, as EXDATE and RECURRENCE-ID name them. */
export interface Instances {
  /** Days named without a time: every instance of the day is meant. */
  readonly wholeDays: Set<number>
  /** All days named, with a time or without. */
  readonly days: Set<number>
  /** Times named, see `minuteOf`. */
  readonly times: Set<number>
}

export function instancesAt(moments: readonly Moment[]): Instances {
  const instances: Instances = { wholeDays: new Set(), days: new Set(), times: new Set() }
  for (const moment of moments) addInstance(instances, moment)
  return instances
}

export function addInstance({ wholeDays, days, times }: Instances, { local, isDay, offsetAt }: Moment): void {
  days.add(dayOf(local))
  if (isDay) wholeDays.add(dayOf(local))
  else times.add(minuteOf(local, offsetAt))
}

/** Whether a start of what begins at `first` is named: by its day when either has no time. */
export function isAmong({ wholeDays, days, times }: Instances, first: Moment, start: Start): boolean {
  const day = dayOf(start.local)
  return first.isDay ? days.has(day) : wholeDays.has(day) || times.has(start.at)
}
