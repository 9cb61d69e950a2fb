import type { NumberIndex } from './number-index.js'
import { type NumberSpan, spansOfPrefix } from './spans.js'

/** The numbers that exact patterns stand for. */
export function* exactSpans({ exact }: NumberIndex): Generator<NumberSpan> {
  for (const number of exact.keys()) yield [number, number]
}

/** The numbers that exact patterns and ranges stand for. */
export function* listedSpans(index: NumberIndex): Generator<NumberSpan> {
  yield* exactSpans(index)
  for (const [at, from] of index.ranges.from.entries()) yield [from, index.ranges.to[at]!]
}

/** The numbers that exact patterns, ranges and prefixes stand for. */
export function* numberSpans(index: NumberIndex): Generator<NumberSpan> {
  yield* listedSpans(index)
  for (const { byPrefix } of index.prefixes) {
    for (const prefix of byPrefix.keys()) yield* spansOfPrefix(prefix)
  }
}
