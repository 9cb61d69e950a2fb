import { lastUpTo } from './last-up-to.js'

/** Numbers from one to another, both included. */
export interface RangeStretch {
  readonly from: number
  readonly to: number
}

/** A stretch, and the range that wins there. */
export interface Won<R extends RangeStretch> extends RangeStretch {
  readonly range: R
}

/**
 * Cuts overlapping ranges into stretches that do not overlap, in ascending order: each number goes to the
 * first range in the list that holds it. n log n, however they overlap.
 */
export function winners<R extends RangeStretch>(ranges: readonly R[]): Won<R>[] {
  const cuts = cutsOf(ranges)
  return ownersOfCells(cuts, ranges).flatMap((range, cell) => {
    return range === undefined ? [] : [{ from: cuts[cell]!, to: cuts[cell + 1]! - 1, range }]
  })
}

/**
 * Where the owner may change: the beginning of each range and the number after its end, each once, ascending.
 */
function cutsOf(ranges: readonly RangeStretch[]): Float64Array {
  const cuts = Float64Array.from(ranges.flatMap(({ from, to }) => [from, to + 1])).sort()
  return cuts.filter((cut, at) => cut !== cuts[at - 1])
}

/**
 * The range that owns each cell, from one cut up to the next. `next` leads from a cell over those already
 * taken.
 */
function ownersOfCells<R extends RangeStretch>(cuts: Float64Array, ranges: readonly R[]): (R | undefined)[] {
  const owners = new Array<R | undefined>(cuts.length).fill(undefined)
  const next = Uint32Array.from(cuts, (_, cell) => cell)
  for (const range of ranges) {
    let cell = firstFree(next, lastUpTo(cuts, range.from))
    while (cuts[cell]! <= range.to) {
      owners[cell] = range
      next[cell] = cell + 1
      cell = firstFree(next, cell)
    }
  }
  return owners
}

/** Follows `next` to a cell that leads to itself, and shortens the way for those who come after. */
function firstFree(next: Uint32Array, from: number): number {
  let cell = from
  while (next[cell] !== cell) {
    next[cell] = next[next[cell]!]!
    cell = next[cell]!
  }
  return cell
}
