import { MOST_DIGITS } from './address.js'
import { lastUpTo } from './disjoint-ranges.js'
import type { NumberIndex } from './number-index.js'

/** The numbers from one to another, both included. */
export type NumberSpan = readonly [from: number, to: number]

/** Spans in ascending order that neither overlap nor touch. */
export interface Spans {
  readonly from: Float64Array
  readonly to: Float64Array
}

/** The first number that has too many digits. */
export const BEYOND = 10 ** MOST_DIGITS

/**
 * The numbers that begin so, one span for each length: `+4930` is 4930, 49300–49309, 493000–493099, …
 * As no number begins with a zero, the digits alone give its length.
 */
export function spansOfPrefix(prefix: string): NumberSpan[] {
  if (prefix === '+') return [[10, BEYOND - 1]]
  const spans: NumberSpan[] = []
  for (let from = Number(prefix), size = 1; from < BEYOND; from *= 10, size *= 10) {
    if (from >= 10) spans.push([from, from + size - 1])
  }
  return spans
}

/** All numbers of these spans, each once. */
export function merge(spans: Iterable<NumberSpan>): Spans {
  const from: number[] = []
  const to: number[] = []
  for (const [first, last] of [...spans].sort((a, b) => a[0] - b[0])) {
    const end = to.at(-1)
    if (end !== undefined && first <= end + 1) to[to.length - 1] = Math.max(end, last)
    else {
      from.push(first)
      to.push(last)
    }
  }
  return { from: Float64Array.from(from), to: Float64Array.from(to) }
}

/** Whether every number of the span is among them. */
export function includes(spans: Spans, [first, last]: NumberSpan): boolean {
  return spans.to[lastUpTo(spans.from, first)]! >= last
}

/** The numbers that exact patterns cover. */
export function* exactSpans({ exact }: NumberIndex): Generator<NumberSpan> {
  for (const number of exact.keys()) yield [number, number]
}

/** The numbers that exact patterns and ranges cover. */
export function* listedSpans(index: NumberIndex): Generator<NumberSpan> {
  yield* exactSpans(index)
  for (const [at, from] of index.ranges.from.entries()) yield [from, index.ranges.to[at]!]
}

/** The numbers that exact patterns, ranges and prefixes cover. */
export function* numberSpans(index: NumberIndex): Generator<NumberSpan> {
  yield* listedSpans(index)
  for (const { byPrefix } of index.prefixes) {
    for (const prefix of byPrefix.keys()) yield* spansOfPrefix(prefix)
  }
}
