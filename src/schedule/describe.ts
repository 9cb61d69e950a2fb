import { DAY_MINUTES, dateOf, weekdayOf } from './day.js'
import type { Schedule } from './schedule.js'
import { LOOK_AHEAD_DAYS, nextChange, type OpeningChange, scheduleState } from './state.js'
import { offsetsOf } from './timezone.js'

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

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
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
