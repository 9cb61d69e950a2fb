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

/** Numbers from one to another, both included. */
interface RangeStretch {
  readonly from: number
  readonly to: number
}

/** A stretch, and the range that wins there. */
interface Won<R extends RangeStretch> extends RangeStretch {
  readonly range: R
}

/**
 * Cuts overlapping ranges into stretches that do not overlap, in ascending order: each number goes to the
 * first range in the list that holds it. n log n, however they overlap.
 */
function winners<R extends RangeStretch>(ranges: readonly R[]): Won<R>[] {
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

/** Follows `next` to a cell that leads to itself, and shortens the way for later look-ups (union-find). */
function firstFree(next: Uint32Array, from: number): number {
  let cell = from
  while (next[cell] !== cell) {
    next[cell] = next[next[cell]!]!
    cell = next[cell]!
  }
  return cell
}

/** The place of the last number that is not above `limit`, in an ascending array; -1 if all are. */
export function lastUpTo(ascending: ArrayLike<number>, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
