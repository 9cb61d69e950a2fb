import { type Address, numberOf } from './address.js'
import {
  buildIndex,
  findPrefix,
  findText,
  lookUp,
  type NumberIndex,
  type Patterned,
  type TextIndex,
} from './number-index.js'
import { includes, merge, numberSpans } from './number-spans.js'
import type { Pattern } from './pattern.js'

/** The callers that a rule is for, or a block list: a condition on an address. Plain data. */
export interface PatternSet {
  /** Whether it holds for callers who withhold their number. */
  readonly anonymous: boolean
  readonly index: NumberIndex
}

/** The owner of all patterns: a set only says whether something matches. */
const NOBODY = [{ route: '', values: undefined }]

/** Lays patterns out for `matches`; `anonymous` says whether callers who withhold their number match as well. */
export function buildPatternSet(patterns: readonly Pattern[], anonymous: boolean): PatternSet {
  const claims = patterns.map((pattern) => ({ pattern, owner: 0 }))
  return { anonymous, index: buildIndex(claims, NOBODY).index }
}

/** Whether it is empty, as a list may be that is to be filled later. */
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

type Index = NumberIndex

/** Whether every address that `inner` matches is matched by `outer`, too. */
export function covers(outer: Pattern, inner: Pattern): boolean {
  return setCovers(buildPatternSet([outer], false), buildPatternSet([inner], false))
}

/**
 * Whether every address that `inner` matches is matched by `outer`, too. Exact for numbers, also where only
 * several patterns of `outer` together do it. Before a long list is gone through, `affords` is asked whether it may
 * take so many steps; without, nothing is said to be covered.
 */
export function setCovers(
  outer: PatternSet,
  inner: PatternSet,
  affords: (steps: number) => boolean = () => true,
): boolean {
  if (inner.anonymous && !outer.anonymous) return false
  if (outer === inner) return true
  return sipCovered(outer.index, inner.index, affords) && numbersCovered(outer.index, inner.index, affords)
}

function sipCovered(outer: Index, inner: Index, affords: (steps: number) => boolean): boolean {
  return [...inner.hosts].every(([host, users]) => {
    const outerUsers = outer.hosts.get(host)
    return outerUsers !== undefined && affords(users.exact.size) && usersCovered(outerUsers, users)
  })
}

function usersCovered(outer: TextIndex<Patterned>, inner: TextIndex<Patterned>): boolean {
  const prefixes = inner.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  return (
    prefixes.every((prefix) => findPrefix(outer, prefix) !== undefined) &&
    [...inner.exact.keys()].every((user) => findText(outer, user) !== undefined)
  )
}

function numbersCovered(outer: Index, inner: Index, affords: (steps: number) => boolean): boolean {
  const [first] = numberSpans(inner)
  if (first === undefined) return true
  // most sets have nothing in common: that is seen before a long list is merged
  if (!matchesNumber(outer, first[0])) return false
  if (!affords(sizeOf(outer) + sizeOf(inner))) return false
  const covered = merge(numberSpans(outer))
  for (const span of numberSpans(inner)) {
    if (!includes(covered, span)) return false
  }
  return true
}

/** How many patterns for numbers there are. */
function sizeOf({ exact, ranges, prefixes }: Index): number {
  return prefixes.reduce((sum, { byPrefix }) => sum + byPrefix.size, exact.size + ranges.from.length)
}

function matchesNumber(index: Index, number: number): boolean {
  return lookUp(index, { kind: 'number', text: `+${number}`, number }) !== undefined
}
