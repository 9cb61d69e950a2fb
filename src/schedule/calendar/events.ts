import ICAL from 'ical.js'
import { DAY_MINUTES } from '../day.js'
import type { OffsetAt } from '../timezone.js'
import { CalendarError, CalendarLimit, type ExpansionLimits } from './limits.js'
import { addInstance, type Instances, instancesAt, isAmong, startsOf } from './recurrence.js'
import { type CalendarTime, type EventSpan, minuteOf, momentsOf, type Zones } from './time.js'
import { zonesOf } from './zones.js'

/** The times of every VEVENT of a calendar that is not cancelled. What cannot be read is noted, event by event. */
export function readEvents(
  calendar: ICAL.Component,
  home: OffsetAt,
  limits: ExpansionLimits,
  note: (error: unknown, event: string) => void,
): EventSpans[] {
  const events = calendar.getAllSubcomponents('vevent')
  const zones = zonesOf(calendar, home, limits)
  const moved = new Map<unknown, Instances>()
  const spans: EventSpans[] = []
  forEachReadable(events, (event) => noteMoved(event, moved, zones), noteUnread)
  forEachReadable(
    events.filter((event) => event.getFirstPropertyValue('status') !== 'CANCELLED'),
    (event) => spans.push(spansOf(event, movedFrom(event, moved), zones, limits)),
    noteUnread,
  )
  return spans

  function noteUnread(error: unknown, event: string): void {
    note(error, event)
    limits.addUnread()
  }
}

function forEachReadable(
  events: readonly ICAL.Component[],
  read: (event: ICAL.Component) => void,
  note: (error: unknown, event: string) => void,
): void {
  for (const event of events) {
    try {
      read(event)
    } catch (error) {
      if (error instanceof CalendarLimit) throw error
      note(error, summaryOf(event))
    }
  }
}

/** An event with a RECURRENCE-ID stands for that instance of the event with its UID. RFC 5545 §3.8.4.4. */
function noteMoved(event: ICAL.Component, moved: Map<unknown, Instances>, zones: Zones): void {
  const instance = momentUnder(event, 'recurrence-id', zones)
  if (!instance) return
  const uid = event.getFirstPropertyValue('uid')
  const instances = moved.get(uid) ?? instancesAt([])
  addInstance(instances, instance)
  moved.set(uid, instances)
}

function movedFrom(event: ICAL.Component, moved: ReadonlyMap<unknown, Instances>): Instances {
  const uid = event.getFirstPropertyValue('uid')
  return (event.hasProperty('recurrence-id') ? undefined : moved.get(uid)) ?? instancesAt([])
}

/** When an event is on: on the reader's wall clock if it has no zone, else in UTC minutes. */
export interface EventSpans {
  readonly axis: 'local' | 'absolute'
  readonly spans: readonly EventSpan[]
}

/** How an event is called in messages and reasons: on one line, and not too long for a log. */
function summaryOf(event: ICAL.Component): string {
  const text = String(event.getFirstPropertyValue('summary') ?? event.getFirstPropertyValue('uid') ?? '')
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.slice(0, 100) || 'an event without SUMMARY'
}

/**
 * The times of a VEVENT, recurrences written out; `moved` are the RECURRENCE-IDs under its UID, which other
 * events stand for. A timed event is widened to whole minutes; one without an end takes no time.
 */
function spansOf(event: ICAL.Component, moved: Instances, zones: Zones, limits: ExpansionLimits): EventSpans {
  const first = momentUnder(event, 'dtstart', zones)
  if (!first) throw new CalendarError('it has no DTSTART')
  const { days, minutes } = lengthOf(event, first, zones)
  const summary = summaryOf(event)
  const spans = startsOf(event, first, zones, limits)
    .filter((start) => !isAmong(moved, first, start))
    .map(({ local, at }) => {
      const end = (days === 0 ? at : minuteOf(local + days * DAY_MINUTES, first.offsetAt)) + minutes
      return { from: Math.floor(at), until: Math.ceil(end), summary }
    })
  return { axis: first.offsetAt ? 'absolute' : 'local', spans }
}

/** The first value of a property that holds a time. */
function momentUnder(event: ICAL.Component, name: string, zones: Zones): CalendarTime | undefined {
  const property = event.getFirstProperty(name)
  return property ? momentsOf(property, zones)[0] : undefined
}

/** How long an event lasts: days by the wall clock, then minutes exactly. */
interface Length {
  readonly days: number
  readonly minutes: number
}

/** DTEND, or DURATION (RFC 5545 §3.3.6), or what §3.6.1 says of an event that has neither. */
function lengthOf(event: ICAL.Component, first: CalendarTime, zones: Zones): Length {
  const end = momentUnder(event, 'dtend', zones)
  const duration = event.getFirstPropertyValue('duration')
  if (end) return lengthUntil(end, first)
  return duration instanceof ICAL.Duration ? lengthFrom(duration) : { days: first.isDay ? 1 : 0, minutes: 0 }
}

/** Some programs let an all-day event end on the day on which it begins. */
function lengthUntil(end: CalendarTime, first: CalendarTime): Length {
  if (first.isDay)
    return { days: Math.max(1, Math.ceil((end.local - first.local) / DAY_MINUTES)), minutes: 0 }
  return { days: 0, minutes: minuteOf(end.local, end.offsetAt) - minuteOf(first.local, first.offsetAt) }
}

function lengthFrom({ weeks, days, hours, minutes, seconds }: ICAL.Duration): Length {
  return { days: weeks * 7 + days, minutes: hours * 60 + minutes + seconds / 60 }
}
