import { closedBecause } from './closing.js'
import { DAY_MINUTES } from './day.js'
import { includes, precision, WEEKLY } from './days.js'
import type { Opening } from './opening.js'
import type { Schedule } from './schedule.js'
import { inWindow } from './times.js'
import { offsetsOf } from './zone.js'

/** Whether a schedule is open, and the entry that says so, in the operator's words. */
export interface ScheduleState {
  readonly open: boolean
  readonly because: string
}

/** The last answer of each schedule. States change on whole minutes, so it holds for all of its UTC minute. */
const last = new WeakMap<Schedule, { readonly minute: number; readonly state: ScheduleState }>()

/**
 * Whether a schedule is open at an instant, in epoch milliseconds. Windows hold by the wall clock: a time that
 * is skipped when the clock goes forward is never open, one that occurs twice is open both times. Windows are
 * half-open: `09:00-18:00` is open at 09:00:00.000 and closed at 18:00:00.000.
 */
export function scheduleState(schedule: Schedule, now: number): ScheduleState {
  const minute = Math.floor(now / 60_000)
  const known = last.get(schedule)
  if (known?.minute === minute) return known.state
  const state = stateAt(schedule, minute, minute + offsetsOf(schedule.timezone)(minute))
  last.set(schedule, { minute, state })
  return state
}

/** The state at a UTC minute that the wall clock of the schedule shows as `local`. */
export function stateAt(schedule: Schedule, minute: number, local: number): ScheduleState {
  for (const closing of schedule.closings) {
    const because = closedBecause(closing, minute, local)
    if (because) return { open: false, because }
  }
  const day = Math.floor(local / DAY_MINUTES)
  const time = local - day * DAY_MINUTES
  const opening = openAt(schedule, day, time) ?? openAt(schedule, day - 1, time + DAY_MINUTES)
  return opening ? { open: true, because: opening.text } : { open: false, because: outside(schedule, day) }
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
function outside(schedule: Schedule, day: number): string {
  const special = inForce(schedule, day).filter(({ days }) => precision(days) < WEEKLY)
  const weekly = schedule.openings.filter(({ days }) => precision(days) === WEEKLY)
  const named = [special, weekly, schedule.openings].find((openings) => openings.length > 0) ?? []
  return named.length > 0 ? `outside ${named.map(({ text }) => text).join(', ')}` : 'it has no opening hours'
}
