const clocks = new Map<string, Intl.DateTimeFormat>()

/** `2026-12-24T15:00`: what the clocks of a time zone show at an instant, in epoch milliseconds. */
export function wallTime(at: number, timeZone: string): string {
  const clock = clocks.get(timeZone) ?? newClock(timeZone)
  clocks.set(timeZone, clock)
  return clock.format(at).replace(' ', 'T')
}

/** In Sweden dates are written as in ISO 8601. */
function newClock(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
}

/** The instant at which the clocks of a time zone show this; of one that is skipped in spring, an hour later. NaN for no time. */
export function instantOf(wall: string, timeZone: string): number {
  const guess = Date.parse(`${wall}Z`)
  if (Number.isNaN(guess)) return guess
  const first = guess - offsetAt(guess, timeZone)
  return guess - offsetAt(first, timeZone)
}

function offsetAt(at: number, timeZone: string): number {
  return Date.parse(`${wallTime(at, timeZone)}Z`) - Math.floor(at / 60_000) * 60_000
}
