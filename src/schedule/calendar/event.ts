import ICAL from 'ical.js'
import { DAY_MINUTES } from '../day.js'
import { CalendarError } from './error.js'
import type { Limits } from './limits.js'
import { type Moment, minuteOf, momentsOf, type ZoneOf } from './moment.js'
import type { Span } from './span.js'
import { exclusion, startsOf } from './starts.js'

/** When an event is on: on the reader's wall clock if it has no zone, else in UTC minutes. */
export interface EventSpans {
  readonly axis: 'local' | 'absolute'
  readonly spans: readonly Span[]
}

/** How an event is called in messages and reasons: on one line, and not too long for a log. */
export function summaryOf(event: ICAL.Component): string {
  const text = String(event.getFirstPropertyValue('summary') ?? event.getFirstPropertyValue('uid') ?? '')
  return (
    text
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 100) || 'an event without SUMMARY'
  )
}

/**
 * The times of a VEVENT, recurrences written out; `moved` are the RECURRENCE-IDs under its UID, which other
 * events stand for. A timed event is widened to whole minutes; one without an end takes no time.
 */
export function spansOf(
  event: ICAL.Component,
  moved: readonly Moment[],
  zoneOf: ZoneOf,
  limits: Limits,
): EventSpans {
  const first = momentUnder(event, 'dtstart', zoneOf)
  if (!first) throw new CalendarError('it has no DTSTART')
  const { days, minutes } = lengthOf(event, first, zoneOf)
  const isMoved = exclusion(first, moved)
  const summary = summaryOf(event)
  const spans = startsOf(event, first, zoneOf, limits)
    .filter((start) => !isMoved(start))
    .map(({ local, at }) => {
      const end = (days === 0 ? at : minuteOf(local + days * DAY_MINUTES, first.offsetAt)) + minutes
      return { from: Math.floor(at), until: Math.ceil(end), summary }
    })
  return { axis: first.offsetAt ? 'absolute' : 'local', spans }
}

/** The first value of a property that holds a time. */
export function momentUnder(event: ICAL.Component, name: string, zoneOf: ZoneOf): Moment | undefined {
  const property = event.getFirstProperty(name)
  return property ? momentsOf(property, zoneOf)[0] : undefined
}

/** Days are by the wall clock, minutes are exact; RFC 5545 §3.3.6 and §3.8.2.2, and §3.6.1 for an event without an end. */
function lengthOf(event: ICAL.Component, first: Moment, zoneOf: ZoneOf): { days: number; minutes: number } {
  const end = momentUnder(event, 'dtend', zoneOf)
  const duration = event.getFirstPropertyValue('duration')
  if (end && first.isDay)
    return { days: Math.max(1, Math.ceil((end.local - first.local) / DAY_MINUTES)), minutes: 0 }
  if (end)
    return { days: 0, minutes: minuteOf(end.local, end.offsetAt) - minuteOf(first.local, first.offsetAt) }
  if (duration instanceof ICAL.Duration) return durationOf(duration)
  return { days: first.isDay ? 1 : 0, minutes: 0 }
}

function durationOf({ weeks, days, hours, minutes, seconds }: ICAL.Duration): {
  days: number
  minutes: number
} {
  return { days: weeks * 7 + days, minutes: hours * 60 + minutes + seconds / 60 }
}
