import type ICAL from 'ical.js'
import { DAY_MINUTES, dayNumber } from '../day.js'
import type { OffsetAt } from '../zone.js'
import { CalendarError } from './error.js'
import { instancesAt, isAmong, type Start } from './instances.js'
import type { ExpansionLimits } from './limits.js'
import { type CalendarTime, dayOf, isUtc, localOf, minuteOf, momentsOf, type Zones } from './moment.js'
import { recurrenceDays } from './recurrence.js'
import { ruleOf } from './rule.js'

/** The day before which recurrences are written out. Later ones are not known, however long the process lives. */
export const HORIZON = dayNumber(2051, 1, 1)

/** The recurrence set of a component that begins at `first`: DTSTART, RRULE and RDATE without EXDATE. RFC 5545 §3.8.5. */
export function startsOf(
  component: ICAL.Component,
  first: CalendarTime,
  zones: Zones,
  limits: ExpansionLimits,
): Start[] {
  if (component.hasProperty('exrule')) throw new CalendarError('it has an EXRULE', 'list the dates as EXDATE')
  const locals = new Set([
    first.local,
    ...recurrenceRules(component).flatMap((recur) => localsOf(recur, first, zones.home, limits)),
    ...momentsUnder(component, 'rdate', first, zones).map((moment) => localBeside(first, moment)),
  ])
  const excluded = instancesAt(momentsUnder(component, 'exdate', first, zones))
  return [...locals].map((local) => startAt(local, first)).filter((start) => !isAmong(excluded, first, start))
}

function momentsUnder(
  component: ICAL.Component,
  name: string,
  first: CalendarTime,
  zones: Zones,
): CalendarTime[] {
  return component.getAllProperties(name).flatMap((property) => momentsOf(property, zones, first.offsetAt))
}

/** What the clock of the first start shows at an RDATE, which may be by another one. A day is at the time of the first. */
function localBeside(first: CalendarTime, { local, isDay, offsetAt, home }: CalendarTime): number {
  if (first.isDay) return dayOf(home) * DAY_MINUTES
  if (isDay) return local + first.local - dayOf(first.local) * DAY_MINUTES
  if (offsetAt === first.offsetAt) return local
  if (!first.offsetAt)
    throw new CalendarError('an RDATE has a time zone, and DTSTART has none', 'write both with one')
  const at = minuteOf(local, offsetAt)
  return at + first.offsetAt(at)
}

function recurrenceRules(component: ICAL.Component): ICAL.Recur[] {
  return component.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur)
}

function localsOf(recur: ICAL.Recur, first: CalendarTime, home: OffsetAt, limits: ExpansionLimits): number[] {
  const day = dayOf(first.local)
  const time = first.local - day * DAY_MINUTES
  const isOver = ending(recur.until, first.offsetAt ?? home)
  const locals: number[] = []
  for (const next of recurrenceDays(ruleOf(recur), day, HORIZON, limits.spendDays)) {
    const local = next * DAY_MINUTES + time
    if (isOver(local)) break
    limits.addTime()
    locals.push(local)
  }
  return locals
}

/**
 * UNTIL holds the last start. It is UTC if DTSTART has a zone, and a DATE holds for the whole day (RFC 5545 §3.3.10).
 * Some programs write it in UTC for a DTSTART without a zone as well.
 */
function ending(until: ICAL.Time | null, offsetAt: OffsetAt): (local: number) => boolean {
  if (!until) return () => false
  const last = localOf(until)
  if (until.isDate) return (local) => dayOf(local) > dayOf(last)
  return isUtc(until) ? (local) => minuteOf(local, offsetAt) > last : (local) => local > last
}

function startAt(local: number, { offsetAt }: CalendarTime): Start {
  return { local, at: minuteOf(local, offsetAt) }
}
