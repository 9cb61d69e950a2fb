import { edgesBetween } from './calendar/time.js'
import { DAY_MINUTES, dateOf, includes, precision, WEEKLY, weekdayOf } from './days.js'
import { twoDigits } from './instant.js'
import { closedBecause, type Opening, type Schedule } from './schedule.js'
import { inWindow } from './times.js'
import { type Offset, offsetsOf, stretches } from './timezone.js'

/** Whether a schedule is open, and the entry that says so, in the operator's words. */
export interface ScheduleState {
  readonly open: boolean
  readonly because: string
}

/** The same, and whether an entry that names dates says so: a holiday, or special hours. */
export interface DatedState extends ScheduleState {
  readonly special: boolean
}

/** The last answer of each schedule. States change on whole minutes, so an answer holds for its whole UTC minute. */
const last = new WeakMap<Schedule, { readonly minute: number; readonly state: DatedState }>()

/**
 * Whether a schedule is open at an instant, in epoch milliseconds. Windows hold by the wall clock: a time that
 * is skipped when the clock goes forward is never open, one that occurs twice is open both times. Windows are
 * half-open: `09:00-18:00` is open at 09:00:00.000 and closed at 18:00:00.000.
 */
export function scheduleState(schedule: Schedule, now: number): DatedState {
  const minute = Math.floor(now / 60_000)
  const known = last.get(schedule)
  if (known?.minute === minute) return known.state
  const state = stateAt(schedule, minute, minute + offsetsOf(schedule.timezone)(minute))
  last.set(schedule, { minute, state })
  return state
}

/** The state at a UTC minute that the wall clock of the schedule shows as `local`. */
function stateAt(schedule: Schedule, minute: number, local: number): DatedState {
  for (const closing of schedule.closings) {
    const because = closedBecause(closing, minute, local)
    if (because) return { open: false, because, special: true }
  }
  const day = Math.floor(local / DAY_MINUTES)
  const time = local - day * DAY_MINUTES
  const opening = openAt(schedule, day, time) ?? openAt(schedule, day - 1, time + DAY_MINUTES)
  return opening
    ? { open: true, because: opening.text, special: isSpecial(opening) }
    : { open: false, ...outside(schedule, day) }
}

/** Opening hours of dates take the place of those of weekdays. */
function isSpecial({ days }: Opening): boolean {
  return precision(days) < WEEKLY
}

function openAt(schedule: Schedule, day: number, time: number): Opening | undefined {
  return inForce(schedule, day).find(({ windows }) => windows.some((window) => inWindow(window, time)))
}

/** The openings whose windows begin on a day: those that name it most precisely. */
function inForce({ openings }: Schedule, day: number): Opening[] {
  const fitting = openings.filter(({ days }) => includes(days, day))
  const best = Math.min(...fitting.map(({ days }) => precision(days)))
  return fitting.filter(({ days }) => precision(days) === best)
}

/** The special hours of the day, or else all the weekly hours, or whatever there is. */
function outside(schedule: Schedule, day: number): Omit<DatedState, 'open'> {
  const special = inForce(schedule, day).filter(isSpecial)
  const weekly = schedule.openings.filter((opening) => !isSpecial(opening))
  const named = [special, weekly, schedule.openings].find((openings) => openings.length > 0) ?? []
  const because =
    named.length > 0 ? `outside ${named.map(({ text }) => text).join(', ')}` : 'it has no opening hours'
  return { because, special: special.length > 0 }
}

/** An instant, in epoch milliseconds, at which a schedule opens or closes. */
export interface OpeningChange {
  readonly at: number
  /** The state from then on. */
  readonly open: boolean
}

const MINUTE = 60_000

/** How far `nextChange` looks ahead: a year, and a month for what comes once a year. */
export const LOOK_AHEAD_DAYS = 400

/** The next instant after `now` at which a schedule opens or closes; undefined if there is none in 400 days. */
export function nextChange(schedule: Schedule, now: number): OpeningChange | undefined {
  return changes(schedule, now, now + LOOK_AHEAD_DAYS * DAY_MINUTES * MINUTE).next().value
}

/**
 * Instants in [from, until), in order, such that each stretch of time in which the schedule stays open or stays
 * closed holds one of them: `from`, and every change.
 */
export function representativeInstants(schedule: Schedule, from: number, until: number): number[] {
  if (from >= until) return []
  return [from, ...Array.from(changes(schedule, from, until), ({ at }) => at)]
}

/** A time, in epoch milliseconds, in which a schedule is open or closed for one reason; `until` is exclusive. */
export interface ScheduleStretch extends DatedState {
  readonly from: number
  readonly until: number
}

/**
 * A time cut where a schedule opens or closes, and where another entry becomes the reason. A generator: nothing is
 * computed ahead.
 */
export function* scheduleStretches(
  schedule: Schedule,
  from: number,
  until: number,
): Generator<ScheduleStretch, undefined> {
  let [at, state] = [from, scheduleState(schedule, from)]
  for (const { minute, local } of changePoints(
    schedule,
    Math.ceil(from / MINUTE),
    Math.ceil(until / MINUTE),
  )) {
    const next = stateAt(schedule, minute, local)
    const change = minute * MINUTE
    if (change <= at || (next.open === state.open && next.because === state.because)) continue
    yield { from: at, until: change, ...state }
    ;[at, state] = [change, next]
  }
  yield { from: at, until, ...state }
}

/** Every change after `from` and before `until`. A generator: nothing is computed ahead. */
function* changes(schedule: Schedule, from: number, until: number): Generator<OpeningChange, undefined> {
  let { open } = scheduleState(schedule, from)
  for (const { minute, local } of changePoints(
    schedule,
    Math.floor(from / MINUTE),
    Math.ceil(until / MINUTE),
  )) {
    const at = minute * MINUTE
    const state = stateAt(schedule, minute, local)
    if (at <= from || state.open === open) continue
    open = state.open
    yield { at, open }
  }
}

interface ChangePoint {
  readonly minute: number
  readonly local: number
}

/** Every UTC minute in [from, until) at which the state may change, in order, and what the wall clock shows. */
function* changePoints(schedule: Schedule, from: number, until: number): Generator<ChangePoint> {
  const edges = dayEdges(schedule)
  for (const stretch of stretches(offsetsOf(schedule.timezone), from, until)) {
    const minutes = [stretch.from, ...wallEdges(edges, stretch), ...calendarEdges(schedule, stretch)]
    for (const minute of minutes.sort((a, b) => a - b)) yield { minute, local: minute + stretch.offset }
  }
}

/** The minutes of a day at which some window begins or ends, and midnight. */
function dayEdges({ openings, closings }: Schedule): number[] {
  const dated = closings.filter((closing) => closing.kind === 'dates')
  const windows = [...openings, ...dated].flatMap((entry) => entry.windows)
  return [...new Set([0, ...windows.flatMap(({ from, until }) => [from, until % DAY_MINUTES])])]
}

function wallEdges(edges: readonly number[], { from, until, offset }: Offset): number[] {
  const firstDay = Math.floor((from + offset) / DAY_MINUTES)
  const days = [firstDay, firstDay + 1]
  return days
    .flatMap((day) => edges.map((edge) => day * DAY_MINUTES + edge - offset))
    .filter((minute) => from <= minute && minute < until)
}

function calendarEdges({ closings }: Schedule, { from, until, offset }: Offset): number[] {
  const calendars = closings.filter((closing) => closing.kind === 'calendar')
  return calendars.flatMap(({ local, absolute }) => [
    ...edgesBetween(local, from + offset, until - 1 + offset).map((edge) => edge - offset),
    ...edgesBetween(absolute, from, until - 1),
  ])
}

/**
 * One line for people, by the wall clock of the schedule: `open (mon-fri 09:00-18:00), closes at 18:00, in
 * 2 h 10 min`, `closed (2026-12-25), opens Mon 09:00, in 2 days 3 h`. `now` is in epoch milliseconds.
 */
export function describeState(schedule: Schedule, now: number): string {
  const { open, because } = scheduleState(schedule, now)
  const change = nextChange(schedule, now)
  const state = open ? `open (${because})` : `closed (${because.replace(/^closed /, '')})`
  return change
    ? `${state}, ${describeChange(schedule, now, change)}`
    : `${state}, no change in ${LOOK_AHEAD_DAYS} days`
}

function describeChange({ timezone }: Schedule, now: number, { at, open }: OpeningChange): string {
  const [today, then] = [now, at].map((instant) => localMinute(timezone, instant)) as [number, number]
  return `${open ? 'opens' : 'closes'} ${describeTime(then, today)}, in ${describeLength(at - now)}`
}

function localMinute(timezone: string, instant: number): number {
  const minute = Math.floor(instant / 60_000)
  return minute + offsetsOf(timezone)(minute)
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `at 18:00` today, `Mon 09:00` within a week, else with the date. */
function describeTime(local: number, today: number): string {
  const day = Math.floor(local / DAY_MINUTES)
  const time = local - day * DAY_MINUTES
  const clock = `${twoDigits(Math.floor(time / 60))}:${twoDigits(time % 60)}`
  const ahead = day - Math.floor(today / DAY_MINUTES)
  if (ahead === 0) return `at ${clock}`
  const { year, month, date } = dateOf(day)
  return ahead < 7
    ? `${WEEKDAYS[weekdayOf(day) - 1]} ${clock}`
    : `${year}-${twoDigits(month)}-${twoDigits(date)} ${clock}`
}

/** The two largest units of a length, a begun minute counted whole: `2 days 3 h`, `2 h 10 min`, `1 min`. */
function describeLength(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / 60_000)
  const [days, hours] = [Math.floor(minutes / DAY_MINUTES), Math.floor((minutes % DAY_MINUTES) / 60)]
  const units = [
    days && `${days} ${days === 1 ? 'day' : 'days'}`,
    hours && `${hours} h`,
    minutes % 60 && `${minutes % 60} min`,
  ]
  const first = units.findIndex((unit) => unit !== 0)
  return units
    .slice(first, first + 2)
    .filter(Boolean)
    .join(' ')
}
