import ICAL from 'ical.js'
import { DAY_MINUTES, dayNumber } from '../days.js'
import { minutesShowing, type OffsetAt } from '../timezone.js'
import { CalendarError } from './limits.js'

/** A DATE or DATE-TIME of a calendar. RFC 5545 §3.3.4 and §3.3.5. */
export interface CalendarTime {
  /** What the wall clock shows, in minutes since 1970-01-01T00:00; seconds are fractions. */
  readonly local: number
  /** Whether it is a DATE: a whole day. */
  readonly isDay: boolean
  /** Whose wall clock; undefined for the clock of its reader (a "floating" time, or a DATE). */
  readonly offsetAt: OffsetAt | undefined
  /** What the clock of the schedule shows then, for a time in UTC; else the same as `local`. */
  readonly home: number
}

/** The time zones that a calendar is read with. */
export interface Zones {
  /** The schedule's own. */
  readonly home: OffsetAt
  /** The one that a TZID means; throws a `CalendarError` if there is none. */
  readonly named: (tzid: string) => OffsetAt
}

const inUtc: OffsetAt = () => 0

/** The values of a DTSTART, DTEND, EXDATE, RDATE or RECURRENCE-ID. `floating` is the zone of a time without any. */
export function momentsOf(property: ICAL.Property, zones: Zones, floating?: OffsetAt): CalendarTime[] {
  const tzid = property.getFirstParameter('tzid')
  return property.getValues().map((value: unknown) => {
    if (!(value instanceof ICAL.Time)) throw notTime(property)
    const local = localOf(value)
    if (value.isDate) return { local, isDay: true, offsetAt: undefined, home: local }
    if (isUtc(value)) return { local, isDay: false, offsetAt: inUtc, home: local + zones.home(local) }
    return { local, isDay: false, offsetAt: tzid ? zones.named(tzid) : floating, home: local }
  })
}

function notTime({ name }: ICAL.Property): CalendarError {
  return new CalendarError(`${name} is not a date or time`, 'write a DATE or DATE-TIME')
}

/** Whether a time is in UTC. */
export function isUtc(time: ICAL.Time): boolean {
  return time.zone === ICAL.Timezone.utcTimezone
}

/** What the wall clock shows, in minutes since 1970-01-01T00:00; seconds are fractions. */
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

/** The day of a local minute, in days since 1970-01-01. */
export function dayOf(local: number): number {
  return Math.floor(local / DAY_MINUTES)
}

/** A time in which an event of a calendar is on, in minutes; `until` is exclusive. */
export interface EventSpan {
  readonly from: number
  readonly until: number
  readonly summary: string
}

/** The spans in order and without overlap: where two overlap, the one that begins first has the time. */
export function disjoint(spans: readonly EventSpan[]): EventSpan[] {
  const kept: EventSpan[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.until - a.until)) {
    const from = Math.max(span.from, kept.at(-1)?.until ?? span.from)
    if (from < span.until) kept.push({ ...span, from })
  }
  return kept
}

/** The one of disjoint spans that holds a minute. */
export function spanAt(spans: readonly EventSpan[], minute: number): EventSpan | undefined {
  const span = spans[firstEndingAfter(spans, minute)]
  return span && span.from <= minute ? span : undefined
}

/** Where disjoint spans begin and end within [from, until]. */
export function edgesBetween(spans: readonly EventSpan[], from: number, until: number): number[] {
  const edges: number[] = []
  for (let at = firstEndingAfter(spans, from - 1); at < spans.length; at += 1) {
    const span = spans[at]!
    if (span.from > until) break
    edges.push(span.from, span.until)
  }
  return edges.filter((edge) => from <= edge && edge <= until)
}

/** The place of the first span with its end after a minute, by halving. */
function firstEndingAfter(spans: readonly EventSpan[], minute: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.until > minute) high = middle
    else low = middle + 1
  }
  return low
}
