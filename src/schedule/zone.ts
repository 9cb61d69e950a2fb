import { IANAZone } from 'luxon'
import { DAY_MINUTES } from './day.js'

/**
 * How far the wall clock is ahead of UTC, in minutes, at a UTC minute. A UTC minute counts from
 * 1970-01-01T00:00Z, a local minute from 1970-01-01T00:00 on the wall clock: local = minute + offset.
 */
export type OffsetAt = (minute: number) => number

/** The offsets of an IANA zone, to the whole minute (seconds occur only before 1972). */
export function offsetsOf(timezone: string): OffsetAt {
  const zone = IANAZone.create(timezone)
  return (minute) => Math.round(zone.offset(minute * 60_000))
}

/**
 * The UTC minutes at which the wall clock shows a local minute, in order: none for a time that is skipped
 * when the clock goes forward, two for one that occurs twice when it goes back.
 */
export function minutesShowing(local: number, offsetAt: OffsetAt): number[] {
  // No offset is as large as a day and no zone changes twice in two days.
  const offsets = new Set([offsetAt(local - DAY_MINUTES), offsetAt(local + DAY_MINUTES)])
  return [...offsets]
    .map((offset) => local - offset)
    .filter((minute) => offsetAt(minute) === local - minute)
    .sort((a, b) => a - b)
}

/** A time, in UTC minutes, in which the offset stays the same; `until` is exclusive. */
export interface Offset {
  readonly from: number
  readonly until: number
  readonly offset: number
}

/** Cuts a time, in UTC minutes, into stretches of one offset and at most a day each. */
export function* stretches(offsetAt: OffsetAt, from: number, until: number): Generator<Offset> {
  for (let at = from; at < until; ) {
    const offset = offsetAt(at)
    const ahead = Math.min(at + DAY_MINUTES, until)
    const end = offsetAt(ahead) === offset ? ahead : changeBetween(offsetAt, at, ahead)
    yield { from: at, until: end, offset }
    at = end
  }
}

/** The first minute with another offset than `from` has; `until` has another. */
function changeBetween(offsetAt: OffsetAt, from: number, until: number): number {
  const before = offsetAt(from)
  let [low, high] = [from, until]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}
