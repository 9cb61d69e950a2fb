import type ICAL from 'ical.js'
import type { OffsetAt } from '../zone.js'
import { CalendarLimit } from './error.js'
import { type EventSpans, momentUnder, spansOf, summaryOf } from './event.js'
import { addInstance, type Instances, instancesAt } from './instances.js'
import type { ExpansionLimits } from './limits.js'
import type { Zones } from './moment.js'
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
  forEachReadable(events, (event) => noteMoved(event, moved, zones), note)
  forEachReadable(
    events.filter((event) => event.getFirstPropertyValue('status') !== 'CANCELLED'),
    (event) => spans.push(spansOf(event, movedFrom(event, moved), zones, limits)),
    note,
  )
  return spans
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
