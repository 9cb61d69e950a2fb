import { edgesBetween } from './calendar/span.js'
import { DAY_MINUTES } from './day.js'
import type { Schedule } from './schedule.js'
import { scheduleState, stateAt } from './state.js'
import { type Offset, offsetsOf, stretches } from './zone.js'

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

/** Every change after `from` and before `until`, found as one goes. */
function* changes(schedule: Schedule, from: number, until: number): Generator<OpeningChange, undefined> {
  let { open } = scheduleState(schedule, from)
  for (const { minute, local } of turns(schedule, Math.floor(from / MINUTE), Math.ceil(until / MINUTE))) {
    const at = minute * MINUTE
    const state = stateAt(schedule, minute, local)
    if (at <= from || state.open === open) continue
    open = state.open
    yield { at, open }
  }
}

interface Turn {
  readonly minute: number
  readonly local: number
}

/** Every UTC minute in [from, until) at which the state may change, in order, and what the wall clock shows. */
function* turns(schedule: Schedule, from: number, until: number): Generator<Turn> {
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
