import { parseUntil } from '../../src/schedule/instant.js'
import { parseTimezone } from '../../src/schedule/timezone.js'
import { refusal } from './read-request.js'

/** How an end is written, for the description of the API. */
export const END = 'A time of day, a duration or ISO 8601: `18:00`, `2h`, `2026-11-20T18:00:00+01:00`'
export const TIMEZONE = 'The time zone of `until`, an IANA name'

/** When something set by hand ends, as epoch milliseconds. Throws a refusal (400) for what is no such end. */
export function readUntil(text: string, now: number, timezone: string): number {
  const zone = parseTimezone(timezone)
  if (zone.value === undefined) throw refusal(400, `timezone: ${zone.problems[0]!.message}`)
  const { value, problems } = parseUntil(text, now, zone.value)
  if (value === undefined)
    throw refusal(400, `until: ${problems[0]!.message}; write ${problems[0]!.expected}`)
  return value
}

/** Epoch milliseconds as ISO 8601. */
export function isoTime(at: number): string
export function isoTime(at: number | undefined): string | undefined
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}
