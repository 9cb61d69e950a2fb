import ICAL from 'ical.js'
import { DAY_MINUTES, dayNumber } from '../day.js'
import { minutesShowing, type OffsetAt } from '../zone.js'
import { CalendarError } from './error.js'

/** A DATE or DATE-TIME of a calendar. RFC 5545 §3.3.4 and §3.3.5. */
export interface Moment {
  /** What the wall clock shows, in minutes since 1970-01-01T00:00; seconds are fractions. */
  readonly local: number
  /** Whether it is a DATE: a whole day. */
  readonly isDay: boolean
  /** Whose wall clock; undefined for the clock of whoever reads it (a "floating" time, or a DATE). */
  readonly offsetAt: OffsetAt | undefined
}

/** The zone that a TZID means; throws a `CalendarError` if there is none. */
export type ZoneOf = (tzid: string) => OffsetAt

const inUtc: OffsetAt = () => 0

/** The values of a DTSTART, DTEND, EXDATE, RDATE or RECURRENCE-ID. `floating` is the zone of a time without any. */
export function momentsOf(property: ICAL.Property, zoneOf: ZoneOf, floating?: OffsetAt): Moment[] {
  const tzid = property.getFirstParameter('tzid')
  return property.getValues().map((value: unknown) => {
    if (!(value instanceof ICAL.Time)) throw notTime(property)
    if (value.isDate) return { local: localOf(value), isDay: true, offsetAt: undefined }
    const zone = tzid ? zoneOf(tzid) : floating
    return { local: localOf(value), isDay: false, offsetAt: isUtc(value) ? inUtc : zone }
  })
}

function notTime({ name }: ICAL.Property): CalendarError {
  return new CalendarError(`${name} is not a date or time`, 'write a DATE or DATE-TIME')
}

export function isUtc(time: ICAL.Time): boolean {
  return time.zone === ICAL.Timezone.utcTimezone
}

export function localOf({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return dayNumber(year, month, day) * DAY_MINUTES + hour * 60 + minute + second / 60
}

/**
 * The minute of a local time on the axis of its zone: UTC minutes, or local minutes if it floats. By RFC 5545
 * §3.3.5 a time that occurs twice is the first, and one that is skipped is read by the offset before.
 */
export function minuteOf(local: number, offsetAt: OffsetAt | undefined): number {
  if (!offsetAt) return local
  return minutesShowing(local, offsetAt)[0] ?? local - offsetAt(local - DAY_MINUTES)
}

export function dayOf(local: number): number {
  return Math.floor(local / DAY_MINUTES)
}
