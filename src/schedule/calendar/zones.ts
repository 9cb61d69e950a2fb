import type ICAL from 'ical.js'
import { DAY_MINUTES } from '../days.js'
import { type OffsetAt, offsetsOf, parseTimezone } from '../timezone.js'
import { CalendarError, type ExpansionLimits } from './limits.js'
import { startsOf } from './recurrence.js'
import { momentsOf, type Zones } from './time.js'

/**
 * The zones of a calendar. A TZID that is an IANA name means that zone; for any other, such as Outlook's
 * "W. Europe Standard Time", the VTIMEZONE of the file tells the offsets. RFC 5545 §3.2.19, §3.6.5.
 */
export function zonesOf(calendar: ICAL.Component, home: OffsetAt, limits: ExpansionLimits): Zones {
  const known = new Map<string, OffsetAt>()
  let definitions: Map<unknown, ICAL.Component> | undefined
  return { home, named }

  function definition(tzid: string): ICAL.Component | undefined {
    definitions ??= definitionsIn(calendar)
    return definitions.get(tzid)
  }

  function named(tzid: string): OffsetAt {
    const zone = known.get(tzid) ?? ianaZone(tzid) ?? ownZone(tzid, definition(tzid), limits)
    known.set(tzid, zone)
    return zone
  }
}

function ianaZone(tzid: string): OffsetAt | undefined {
  const { value } = parseTimezone(tzid)
  return value === undefined ? undefined : byDay(offsetsOf(value))
}

/** The same offsets, most of them remembered: to ask a zone takes long, and on most days it has one offset. */
export function byDay(offsetAt: OffsetAt): OffsetAt {
  const byMidnight = new Map<number, number>()
  return (minute) => {
    const day = Math.floor(minute / DAY_MINUTES)
    const [from, until] = [atMidnight(day), atMidnight(day + 1)]
    return from === until ? from : offsetAt(minute)
  }

  function atMidnight(day: number): number {
    const offset = byMidnight.get(day) ?? offsetAt(day * DAY_MINUTES)
    byMidnight.set(day, offset)
    return offset
  }
}

/** The VTIMEZONEs of a calendar by their TZID, the first of each. */
function definitionsIn(calendar: ICAL.Component): Map<unknown, ICAL.Component> {
  const zones = calendar.getAllSubcomponents('vtimezone').reverse()
  return new Map(zones.map((zone) => [zone.getFirstPropertyValue('tzid'), zone]))
}

function ownZone(tzid: string, definition: ICAL.Component | undefined, limits: ExpansionLimits): OffsetAt {
  const observances = definition?.getAllSubcomponents() ?? []
  const changes = observances
    .flatMap((observance) => changesOf(observance, limits))
    .sort((a, b) => a.at - b.at)
  if (changes.length === 0) {
    throw new CalendarError(
      `its time zone "${tzid}" is neither an IANA name nor described by a VTIMEZONE`,
      'write a TZID such as Europe/Berlin',
    )
  }
  return (minute) => changes.findLast((change) => change.at <= minute)?.offset ?? changes[0]!.before
}

interface Change {
  readonly at: number
  readonly before: number
  readonly offset: number
}

/** When a STANDARD or DAYLIGHT time begins: its own times are by the offset before it. */
function changesOf(observance: ICAL.Component, limits: ExpansionLimits): Change[] {
  const [before, offset] = [offsetUnder(observance, 'tzoffsetfrom'), offsetUnder(observance, 'tzoffsetto')]
  const dtstart = observance.getFirstProperty('dtstart')
  if (!dtstart) throw new CalendarError('a VTIMEZONE has no DTSTART')
  const offsetBefore: OffsetAt = () => before
  const zones: Zones = { home: offsetBefore, named: () => offsetBefore }
  const [first] = momentsOf(dtstart, zones, offsetBefore)
  return startsOf(observance, first!, zones, limits).map(({ at }) => ({ at, before, offset }))
}

function offsetUnder(observance: ICAL.Component, name: string): number {
  const offset = observance.getFirstPropertyValue(name) as ICAL.UtcOffset | null
  if (!offset) throw new CalendarError(`a VTIMEZONE has no ${name.toUpperCase()}`)
  return Math.round(offset.toSeconds() / 60)
}
