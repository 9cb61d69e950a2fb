import { lastUpTo } from './last-up-to.js'
import { type RangeStretch, type Won, winners } from './range-winners.js'

/**
 * Stretches of numbers in ascending order, none overlapping, each with the one claim that wins there. Plain
 * data.
 */
export interface RangeIndex<C> {
  readonly from: Float64Array
  readonly to: Float64Array
  readonly claims: readonly C[]
  /** How many characters all numbers of the winning range begin with, the plus sign included. */
  readonly stems: Uint8Array
}

/** A range and who claims it. */
export interface Ranged<C> extends RangeStretch {
  readonly claim: C
}

export interface BuiltRanges<C> {
  readonly index: RangeIndex<C>
  /** Ranges of the same size that overlap, the winner first; each range with its next neighbour only. */
  readonly overlaps: readonly (readonly [C, C])[]
}

/**
 * Works out who wins where: the smallest range, and of two that are the same size the one that begins lower.
 */
export function buildRanges<C>(ranges: readonly Ranged<C>[]): BuiltRanges<C> {
  const strongestFirst = [...ranges].sort((a, b) => size(a) - size(b) || a.from - b.from)
  return { index: rangeIndex(winners(strongestFirst)), overlaps: overlapping(strongestFirst) }
}

/** The place in the index of the stretch that holds a number, -1 if none does. */
export function stretchOf({ from, to }: RangeIndex<unknown>, number: number): number {
  const at = lastUpTo(from, number)
  return to[at]! >= number ? at : -1
}

function rangeIndex<C>(won: readonly Won<Ranged<C>>[]): RangeIndex<C> {
  return {
    from: Float64Array.from(won, ({ from }) => from),
    to: Float64Array.from(won, ({ to }) => to),
    claims: won.map(({ range }) => range.claim),
    stems: Uint8Array.from(won, ({ range }) => stem(range)),
  }
}

function size({ from, to }: RangeStretch): number {
  return to - from
}

function stem({ from, to }: RangeStretch): number {
  const first = `+${from}`
  const last = `+${to}`
  let length = 0
  while (length < first.length && first[length] === last[length]) length += 1
  return length
}

function overlapping<C>(strongestFirst: readonly Ranged<C>[]): (readonly [C, C])[] {
  return strongestFirst.flatMap((range, at) => {
    const next = strongestFirst[at + 1]
    const overlaps = next && size(next) === size(range) && next.from <= range.to
    return overlaps ? [[range.claim, next.claim] as const] : []
  })
}
