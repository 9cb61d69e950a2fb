import { beatenPrefixes } from './beaten-prefixes.js'
import type { Claim, Patterned } from './claim.js'
import { exactSpans } from './index-spans.js'
import type { NumberIndex } from './number-index.js'
import { includes, merge } from './spans.js'

/**
 * The claims that can never win, because more precise ones take all of their numbers: a range below exact
 * numbers and smaller ranges, a prefix below exact numbers, ranges and longer prefixes. An exact number
 * always wins, and SIP users are too many to be all taken. `claims` are those that the index was built of.
 */
export function unreachableClaims<C extends Patterned>(index: NumberIndex<C>, claims: Iterable<C>): C[] {
  const winning = winningRanges(index)
  const isBeaten = beatenPrefixes(index)
  return [...claims].filter((claim) => {
    const { pattern } = claim
    if (pattern.kind === 'range') return !winning.has(claim)
    return pattern.kind === 'prefix' && isBeaten(pattern.prefix)
  })
}

/** The names of the routes that claim numbers but can never win one. */
export function unreachableRoutes(index: NumberIndex, claims: readonly Claim[]): string[] {
  const unreachable = new Set(unreachableClaims(index, claims))
  const routes = new Set(claims.map(({ route }) => route))
  for (const claim of claims) {
    if (!unreachable.has(claim)) routes.delete(claim.route)
  }
  return [...routes]
}

/** The ranges that have a number left which is not claimed exactly. */
function winningRanges<C extends Patterned>(index: NumberIndex<C>): Set<C> {
  const exact = merge(exactSpans(index))
  const { from, to, claims } = index.ranges
  return new Set(claims.filter((_, at) => !includes(exact, [from[at]!, to[at]!])))
}
