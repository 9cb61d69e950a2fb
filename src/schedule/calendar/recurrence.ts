import type ICAL from 'ical.js'
import { DAY_MINUTES, dateOf, dayNumber, daysInMonth, daysSince, weekdayOf } from '../days.js'
import type { OffsetAt } from '../timezone.js'
import { CalendarError, type ExpansionLimits } from './limits.js'
import { fits, type RecurrenceRule, ruleOf } from './rule.js'
import { type CalendarTime, dayOf, isUtc, localOf, minuteOf, momentsOf, type Zones } from './time.js'

/**
 * The days on which a rule recurs, in order, before the day `until`; the first is `start`, whether it fits
 * or not. Periods are walked one after the other and every day of a period is asked whether it fits, so
 * it ends for every rule, also for one that never fits. (The iterator of ical.js does not: its issue 1038.)
 * `spend` is called with the days that are about to be looked at, and may throw.
 */
export function* recurrenceDays(
  rule: RecurrenceRule,
  start: number,
  until: number,
  spend: (days: number) => void,
): Generator<number> {
  const full = complete(rule, start)
  let left = rule.count - 1
  yield start
  for (const period of periods(full, start, until)) {
    spend(period.length + 1)
    const fitting = period.filter((day) => fits(full, day))
    for (const day of atPositions(fitting, rule.positions)) {
      if (day <= start) continue
      if (day >= until || left <= 0) return
      left -= 1
      yield day
    }
  }
}

/** Fills in what RFC 5545 §3.3.10 takes from the start when a rule does not name days. */
function complete(rule: RecurrenceRule, start: number): RecurrenceRule {
  const { month, date } = dateOf(start)
  const weekdays = [{ nth: 0, weekday: weekdayOf(start) }]
  const namesDays = rule.monthDays.length + rule.yearDays.length + rule.weekdays.length > 0
  if (namesDays || rule.frequency === 'DAILY') return rule
  if (rule.frequency === 'WEEKLY' || rule.weeks.length > 0) return { ...rule, weekdays }
  const months = rule.frequency === 'YEARLY' && rule.months.length === 0 ? [month] : rule.months
  return { ...rule, months, monthDays: [date] }
}

/** The days of each period of a rule, one period after the other, while they begin before `until`. */
function* periods(rule: RecurrenceRule, start: number, until: number): Generator<number[]> {
  const { year, month } = dateOf(start)
  const weekFirst = start - daysSince(rule.weekStart, start)
  const period = {
    DAILY: (step: number) => [start + step],
    WEEKLY: (step: number) => run(weekFirst + step * 7, 7),
    MONTHLY: (step: number) => daysOfMonth(year, month + step),
    YEARLY: (step: number) => daysOfYear(rule, year + step),
  }[rule.frequency]
  // Compared so that a step beyond what Date can hold, which gives no days, ends it too.
  for (let step = 0, days = period(0); days[0]! < until; days = period(step)) {
    yield days
    step += rule.interval
  }
}

function run(first: number, length: number): number[] {
  return Array.from({ length }, (_, at) => first + at)
}

function daysOfMonth(year: number, month: number): number[] {
  return run(dayNumber(year, month, 1), daysInMonth(year, month))
}

const MONTHS = run(1, 12)

function daysOfYear(rule: RecurrenceRule, year: number): number[] {
  const months = rule.months.length > 0 ? rule.months.toSorted((a, b) => a - b) : MONTHS
  return months.flatMap((month) => daysOfMonth(year, month))
}

/** BYSETPOS: picks from the days of a period by their place, from the end if negative. */
function atPositions(days: number[], positions: readonly number[]): number[] {
  if (positions.length === 0) return days
  return days.filter((_, at) => positions.includes(at + 1) || positions.includes(at - days.length))
}

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
    ...momentsUnder(component, 'rdate', first, zones).map((moment) => localOfDate(first, moment)),
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
function localOfDate(first: CalendarTime, { local, isDay, offsetAt, home }: CalendarTime): number {
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

/** A time at which something begins: by its own wall clock, and on the axis of its zone (see `minuteOf`). */
export interface Start {
  readonly local: number
  readonly at: number
}

/** Instances of a recurrence, as EXDATE and RECURRENCE-ID name them. */
export interface Instances {
  /** Days named without a time: every instance of the day is meant. */
  readonly wholeDays: Set<number>
  /** All days named, with a time or without; of a time in UTC, the day of the schedule. */
  readonly days: Set<number>
  /** Times named, see `minuteOf`. */
  readonly times: Set<number>
  /** Times named, by the clock of the schedule. */
  readonly homeTimes: Set<number>
}

/** The instances that these times name. */
export function instancesAt(moments: readonly CalendarTime[]): Instances {
  const instances: Instances = {
    wholeDays: new Set(),
    days: new Set(),
    times: new Set(),
    homeTimes: new Set(),
  }
  for (const moment of moments) addInstance(instances, moment)
  return instances
}

/** Adds the instance that one time names. */
export function addInstance(
  { wholeDays, days, times, homeTimes }: Instances,
  { local, isDay, offsetAt, home }: CalendarTime,
): void {
  days.add(dayOf(home))
  homeTimes.add(home)
  if (isDay) wholeDays.add(dayOf(local))
  else times.add(minuteOf(local, offsetAt))
}

/** Whether a start of what begins at `first` is named: by its day when either has no time. */
export function isAmong(
  { wholeDays, days, times, homeTimes }: Instances,
  first: CalendarTime,
  start: Start,
): boolean {
  const day = dayOf(start.local)
  if (first.isDay) return days.has(day)
  return wholeDays.has(day) || (first.offsetAt ? times : homeTimes).has(start.at)
}
