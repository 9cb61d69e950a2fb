import type { Owned, Owner } from './claim.js'
import type { ExactPattern } from './pattern.js'

/**
 * Exact numbers, and what each of them leads to. A hash table in flat arrays: a look-up touches few places in memory,
 * and thousands of numbers of one owner take no objects of their own. Plain data.
 */
export interface ExactNumbers {
  /** In the order in which they were put in. */
  readonly numbers: Float64Array
  /** By the place of a number, the place of its owner. */
  readonly ownerAt: Uint32Array
  readonly owners: readonly Owner[]
  /** The places of the numbers, counted from 1; 0 is a free slot. A power of two, and half of them are free at least. */
  readonly slots: Uint32Array
}

/** Lays out the claims of exact numbers. The first of two for the same number counts; `again` is told of both. */
export function buildExact<P extends Owned>(
  claims: readonly P[],
  owners: readonly Owner[],
  again: (first: P, second: P) => void,
): ExactNumbers {
  const slots = new Uint32Array(slotsFor(claims.length))
  const numbers = new Float64Array(claims.length)
  const ownerAt = new Uint32Array(claims.length)
  const kept: P[] = []
  for (const claim of claims) {
    const { number } = claim.pattern as ExactPattern
    const slot = slotOf(numbers, slots, number)
    if (slots[slot] !== 0) again(kept[slots[slot]! - 1]!, claim)
    else {
      numbers[kept.length] = number
      ownerAt[kept.length] = claim.owner
      slots[slot] = kept.push(claim)
    }
  }
  const { length } = kept
  return { numbers: numbers.slice(0, length), ownerAt: ownerAt.slice(0, length), owners, slots }
}

/** The owner of a number, if it has one. */
export function ownerOf(
  { numbers, ownerAt, owners, slots }: ExactNumbers,
  number: number,
): Owner | undefined {
  const place = slots[slotOf(numbers, slots, number)]!
  return place === 0 ? undefined : owners[ownerAt[place - 1]!]
}

/** The slot of a number, or the free one where it would be. */
function slotOf(numbers: Float64Array, slots: Uint32Array, number: number): number {
  const last = slots.length - 1
  let slot = hash(number) & last
  while (slots[slot] !== 0 && numbers[slots[slot]! - 1] !== number) slot = (slot + 1) & last
  return slot
}

/** Numbers in a row come far apart. The factors are those of Fibonacci hashing and of MurmurHash3's last step. */
function hash(number: number): number {
  const mixed = Math.imul(number ^ Math.imul(number / 2 ** 32, 0x85ebca6b), 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(2 * count + 1))
}
