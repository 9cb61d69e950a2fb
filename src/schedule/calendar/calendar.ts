import ICAL from 'ical.js'
import { type Parsed, type Problem, parsed, unparsed } from '../../errors/problem.js'
import { type OffsetAt, offsetsOf } from '../timezone.js'
import { type EventSpans, readEvents } from './events.js'
import { CalendarError, limits } from './limits.js'
import { disjoint, type EventSpan } from './time.js'

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

/** Zones are looked up by TZID (`zonesOf`). ical.js would look through the whole file for each time without a VTIMEZONE. */
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
