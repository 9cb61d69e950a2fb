import ICAL from 'ical.js'
import { type Parsed, type Problem, parsed, unparsed } from '../../errors/problem.js'
import { DAY_MINUTES } from '../days.js'
import { type OffsetAt, offsetsOf } from '../timezone.js'
import { CalendarError, CalendarLimit, type ExpansionLimits, limits } from './limits.js'
import { addInstance, type Instances, instancesAt, isAmong, startsOf } from './recurrence.js'
import { type CalendarTime, disjoint, type EventSpan, minuteOf, momentsOf, type Zones } from './time.js'
import { zonesOf } from './zones.js'

/** The events of an .ics file: an entry of `closed`. */
export interface CalendarClosing {
  readonly kind: 'calendar'
  /** The file, in the operator's words. */
  readonly text: string
  /** All-day events and times without a zone, in local minutes of the schedule; disjoint. */
  readonly local: readonly EventSpan[]
  /** Events with a zone, in UTC minutes; disjoint. */
  readonly absolute: readonly EventSpan[]
}

/**
 * Reads an iCalendar file (RFC 5545): all-day events; timed events in UTC, with a TZID, or by the wall clock of
 * the schedule; RRULE, RDATE, EXDATE; single instances that were moved or cancelled. Free or busy (TRANSP) does
 * not matter: calendars of public holidays say "free".
 *
 * Recurrences are written out up to the end of 2050 (`HORIZON`), so the value needs no clock and stays right
 * until then. A file that takes too much work or comes to too many times is an error: what is accepted is whole.
 *
 * @param file how the operator names it
 * @param timezone the schedule's, for what a calendar says in UTC of whole days
 */
export function parseCalendar(icsText: string, file: string, timezone: string): Parsed<CalendarClosing> {
  const problems = new Map<string, Problem>()
  const note = (error: unknown, event?: string) => {
    const problem = problemOf(error as Error, file, event)
    problems.set(problem.message, problem)
  }
  const found = readFile(icsText, offsetsOf(timezone), note)
  if (problems.size > 0) return unparsed(...problems.values())
  return parsed({
    kind: 'calendar',
    text: file,
    local: spansOn('local', found),
    absolute: spansOn('absolute', found),
  })
}

function readFile(
  icsText: string,
  home: OffsetAt,
  note: (error: unknown, event?: string) => void,
): EventSpans[] {
  try {
    const limit = limits()
    return calendarsIn(icsText).flatMap((calendar) => readEvents(calendar, home, limit, note))
  } catch (error) {
    note(error)
    return []
  }
}

/** An iCalendar stream may hold several calendars, RFC 5545 §3.4. */
function calendarsIn(icsText: string): ICAL.Component[] {
  const jcal = ICAL.parse(withDates(icsText.replace(/^\uFEFF/, '')))
  const components: unknown[][] = typeof jcal[0] === 'string' ? [jcal] : jcal
  if (components.length === 0 || components.some(([name]) => name !== 'vcalendar')) {
    throw new CalendarError('it holds no VCALENDAR')
  }
  return components.map((component) => withoutZones(new ICAL.Component(component as [string, [], []])))
}

/**
 * Without its VTIMEZONEs: zones are looked up by TZID (`zonesOf`). For each time without one ical.js would search the
 * whole file.
 */
function withoutZones(calendar: ICAL.Component): ICAL.Component {
  return Object.assign(calendar, { getTimeZoneByID: () => null })
}

/** A line that holds a day where RFC 5545 §3.3.5 wants a time, unless it says VALUE=DATE. */
const DAY_LINE =
  /^(DTSTART|DTEND|EXDATE|RECURRENCE-ID)((?:;[^:"\r\n]*(?:"[^"\r\n]*")?)*):(?=\d{8}(?:[,\r\n]|$))/gim

/** Says VALUE=DATE of every day, as the programs that leave it out mean it; ical.js would refuse the whole file. */
function withDates(icsText: string): string {
  const unfolded = icsText.replace(/\r?\n[ \t]/g, '')
  return unfolded.replace(
    DAY_LINE,
    (_, name: string, parameters: string) =>
      `${name}${parameters.replace(/;VALUE=[A-Z-]*/i, '')};VALUE=DATE:`,
  )
}

function spansOn(axis: EventSpans['axis'], found: readonly EventSpans[]): EventSpan[] {
  return disjoint(found.filter((event) => event.axis === axis).flatMap((event) => event.spans))
}

/** ical.js quotes what it cannot read, which may be long. */
function problemOf(error: Error, file: string, event: string | undefined): Problem {
  const reason = error.message.replace(/\s+/g, ' ').slice(0, 200)
  return {
    code: 'calendar-file',
    message: event ? `${file}, event "${event}": ${reason}` : `${file}: ${reason}`,
    expected: 'an iCalendar file (RFC 5545)',
    help: error instanceof CalendarError ? error.help : 'export the calendar again',
  }
}

/** The times of every VEVENT of a calendar that is not cancelled. What cannot be read is noted, event by event. */
function readEvents(
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

/** An event with a RECURRENCE-ID replaces that instance of the event with its UID. RFC 5545 §3.8.4.4. */
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
interface EventSpans {
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
 * events replace. A timed event is widened to whole minutes; one without an end takes no time.
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
