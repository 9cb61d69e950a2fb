import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { DAY_MINUTES } from './day.js'
import { parseInstant } from './instant.js'
import { minutesShowing, offsetsOf } from './timezone.js'

// until = HH ":" MM / digits ( "m" / "h" / "d" ) / a time of ISO 8601
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/
const DURATION = /^(\d{1,4})\s?([mhd])$/

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: DAY_MINUTES }
const MINUTE = 60_000
const LONGEST_DAYS = 366

const EXPECTED = 'an end such as 18:00, 2h or 2026-11-20T18:00:00+01:00'

/**
 * Reads when something set by hand ends, as epoch milliseconds: the next time that the clock of `timezone` (an
 * IANA name) shows a time of day, a while from now, or an instant. It must come, and within a year.
 */
export function parseUntil(text: string, now: number, timezone: string): Parsed<number> {
  const found = text.trim()
  const { value, problems } = read(found, now, timezone)
  if (value === undefined) return unparsed(...problems)
  if (value <= now) return unparsed(wrong(found, `${found} is over`))
  if (value > now + LONGEST_DAYS * DAY_MINUTES * MINUTE)
    return unparsed(wrong(found, `${found} is more than a year from now; change the config instead`))
  return parsed(value)
}

function read(found: string, now: number, timezone: string): Parsed<number> {
  const [, hour, minute] = TIME.exec(found) ?? []
  if (hour !== undefined) return parsed(nextShowing(Number(hour) * 60 + Number(minute), now, timezone))
  const [, count, unit] = DURATION.exec(found) ?? []
  if (unit !== undefined) return parsed(now + Number(count) * MINUTES[unit]! * MINUTE)
  const { value, problems } = parseInstant(found, timezone)
  if (value !== undefined) return parsed(value)
  return unparsed(...problems.map((problem) => ({ ...problem, expected: EXPECTED })))
}

/** A time that the clock skips today comes tomorrow, one that it shows twice comes with the first. */
function nextShowing(time: number, now: number, timezone: string): number {
  const offsetAt = offsetsOf(timezone)
  const minute = Math.floor(now / MINUTE)
  const today = Math.floor((minute + offsetAt(minute)) / DAY_MINUTES)
  const days = [today, today + 1, today + 2]
  const minutes = days.flatMap((day) => minutesShowing(day * DAY_MINUTES + time, offsetAt))
  return minutes.find((candidate) => candidate > minute)! * MINUTE
}

function wrong(found: string, message: string): Problem {
  return { code: 'instant-format', message, expected: EXPECTED, found, help: `write ${EXPECTED}` }
}
