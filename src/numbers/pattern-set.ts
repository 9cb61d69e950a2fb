import { type Address, numberOf } from './address.js'
import { lookUp } from './look-up.js'
import { buildIndex, type NumberIndex } from './number-index.js'
import type { Pattern } from './pattern.js'

/** The callers that a rule is for, or a block list: a condition on an address. Plain data. */
export interface PatternSet {
  /** Whether it holds for callers who withhold their number. */
  readonly anonymous: boolean
  readonly index: NumberIndex
}

/** A set asks only whether something fits. */
const NOBODY = [{ route: '', values: undefined }]

export function buildPatternSet(patterns: readonly Pattern[], anonymous: boolean): PatternSet {
  const claims = patterns.map((pattern) => ({ pattern, owner: 0 }))
  return { anonymous, index: buildIndex(claims, NOBODY).index }
}

/** Whether it holds for nobody, as a list does that is still empty. */
export function isEmpty({ anonymous, index }: PatternSet): boolean {
  const { exact, prefixes, ranges, hosts } = index
  const sizes = [exact.size, prefixes.length, ranges.claims.length, hosts.size]
  return !anonymous && sizes.every((size) => size === 0)
}

/** The text of the pattern that fits, the most precise if several do, however long the list. Of a SIP address the number counts as well. */
export function matches(set: PatternSet, address: Address): string | undefined {
  if (address.kind === 'anonymous') return set.anonymous ? 'anonymous' : undefined
  const number = address.kind === 'sip' ? numberOf(address) : undefined
  const found = lookUp(set.index, address) ?? (number && lookUp(set.index, number))
  return found?.claim.pattern.text
}
