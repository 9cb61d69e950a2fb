import type ICAL from 'ical.js'
import { DAY_MINUTES, dayNumber } from '../day.js'
import { CalendarError } from './error.js'
import type { Limits } from './limits.js'
import { isUtc, localOf, type Moment, minuteOf, momentsOf, type ZoneOf } from './moment.js'
import { recurrenceDays } from './recurrence.js'
import { ruleOf } from './rule.js'

/** The day before which recurrences are written out. Later ones are not known, however long the process lives. */
export const HORIZON = dayNumber(2051, 1, 1)

/** A time at which something begins: by its own wall clock, and on the axis of its zone (see `minuteOf`). */
export interface Start {
  readonly local: number
  readonly at: number
}

/** The recurrence set of a component that begins at `first`: DTSTART, RRULE and RDATE without EXDATE. RFC 5545 §3.8.5. */
export function startsOf(component: ICAL.Component, first: Moment, zoneOf: ZoneOf, limits: Limits): Start[] {
  if (component.hasProperty('exrule')) throw new CalendarError('it has an EXRULE', 'list the dates as EXDATE')
  const locals = new Set([
    first.local,
    ...recurrenceRules(component).flatMap((recur) => localsOf(recur, first, limits)),
    ...momentsUnder(component, 'rdate', first, zoneOf).map((moment) => moment.local),
  ])
  const isExcluded = exclusion(first, momentsUnder(component, 'exdate', first, zoneOf))
  return [...locals].map((local) => startAt(local, first)).filter((start) => !isExcluded(start))
}

/** Whether a start is one of those that EXDATE or RECURRENCE-ID names: by day when either has no time. */
export function exclusion(first: Moment, moments: readonly Moment[]): (start: Start) => boolean {
  const byDay = moments.filter((moment) => first.isDay || moment.isDay).map((moment) => dayOf(moment.local))
  const byTime = moments.filter((moment) => !first.isDay && !moment.isDay)
  const days = new Set(byDay)
  const times = new Set(byTime.map((moment) => minuteOf(moment.local, moment.offsetAt)))
  return (start) => days.has(dayOf(start.local)) || times.has(start.at)
}

function momentsUnder(component: ICAL.Component, name: string, first: Moment, zoneOf: ZoneOf): Moment[] {
  return component.getAllProperties(name).flatMap((property) => momentsOf(property, zoneOf, first.offsetAt))
}

function recurrenceRules(component: ICAL.Component): ICAL.Recur[] {
  return component.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur)
}

function localsOf(recur: ICAL.Recur, first: Moment, limits: Limits): number[] {
  const day = dayOf(first.local)
  const time = first.local - day * DAY_MINUTES
  const isOver = ending(recur.until, first)
  const locals: number[] = []
  for (const next of recurrenceDays(ruleOf(recur), day, HORIZON, limits.spendDays)) {
    const local = next * DAY_MINUTES + time
    if (isOver(local)) break
    limits.addTime()
    locals.push(local)
  }
  return locals
}

/** UNTIL holds the last start. It is UTC if DTSTART has a zone, and a DATE holds for the whole day. RFC 5545 §3.3.10. */
function ending(until: ICAL.Time | null, first: Moment): (local: number) => boolean {
  if (!until) return () => false
  const last = localOf(until)
  if (until.isDate) return (local) => dayOf(local) > dayOf(last)
  return isUtc(until) ? (local) => minuteOf(local, first.offsetAt) > last : (local) => local > last
}

function startAt(local: number, { offsetAt }: Moment): Start {
  return { local, at: minuteOf(local, offsetAt) }
}

function dayOf(local: number): number {
  return Math.floor(local / DAY_MINUTES)
}
