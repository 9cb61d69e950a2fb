import type { NumberSpan } from '../numbers/number-spans.js'
import { isWithheldCaller } from '../numbers/withheld.js'

/** A number that looks like one, for calls from anywhere. */
const SOMEONE = 491701234567

/** A number of a span for a call that shows something: in a large span not the very first, which has an odd look. */
export function sampleNumber([from, to]: NumberSpan): number {
  if (from <= SOMEONE && SOMEONE <= to) return SOMEONE
  const number = to - from < 10_000_000 ? from : from + 1_234_567
  return isWithheldCaller(`+${number}`) && number < to ? number + 1 : number
}

/** How odd a number looks: most have eleven digits or close to that. */
export function oddness(number: number): number {
  return number === SOMEONE ? -1 : Math.abs(String(number).length - 11)
}
