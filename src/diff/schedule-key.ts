import { dateOf } from '../schedule/day.js'
import type { Days } from '../schedule/days.js'
import type { Schedule } from '../schedule/schedule.js'
import { digest } from './set-key.js'

const keys = new WeakMap<Schedule, string>()

/** Equal for schedules that are open at the same times because they say the same, whatever they are called. */
export function scheduleKey(schedule: Schedule): string {
  const known = keys.get(schedule)
  if (known !== undefined) return known
  const { timezone, openings, closings } = schedule
  const key = digest([
    timezone,
    unique(openings.map(({ days, windows }) => [daysKey(days), ...windowsKey(windows)])),
    unique(
      closings.map((closing) =>
        closing.kind === 'dates'
          ? [daysKey(closing.days), ...windowsKey(closing.windows)]
          : [closing.local, closing.absolute].map((spans) => spans.map(({ from, until }) => [from, until])),
      ),
    ),
  ])
  keys.set(schedule, key)
  return key
}

function daysKey(days: Days): unknown {
  return days.kind === 'weekly' ? [...days.weekdays].sort() : [days.kind, days.first, days.last]
}

function windowsKey(windows: readonly { from: number; until: number }[]): unknown[] {
  return unique(windows.map(({ from, until }) => [from, until]))
}

function unique(values: readonly unknown[]): string[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].sort()
}

/** The last year that a schedule names; after it only weekdays and yearly dates decide. 0 if it names none. */
export function lastYear({ openings, closings }: Schedule): number {
  const days = [...openings, ...closings].flatMap((entry) => {
    if ('days' in entry) return entry.days.kind === 'dates' ? [entry.days.last] : []
    return [...entry.local, ...entry.absolute].map(({ until }) => Math.floor(until / 1440))
  })
  return days.reduce((last, day) => Math.max(last, dateOf(day).year), 0)
}
