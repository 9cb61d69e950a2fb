import { beatenPrefixes } from './beaten-prefixes.js'
import type { Owned, Owner, Patterned } from './claim.js'
import { exactSpans } from './index-spans.js'
import type { NumberIndex } from './number-index.js'
import type { Pattern } from './pattern.js'
import { includes, merge } from './spans.js'

/**
 * The claims that can never win, because more precise ones take all of their numbers: a range below exact
 * numbers and smaller ranges, a prefix below exact numbers, ranges and longer prefixes. An exact number
 * always wins, and SIP users are too many to be all taken. `claims` are those that the index was built of.
 */
export function unreachableClaims<P extends Patterned>(index: NumberIndex, claims: readonly P[]): P[] {
  const wide = claims.filter(({ pattern }) => pattern.kind === 'range' || pattern.kind === 'prefix')
  if (wide.length === 0) return []
  const winning = winningRanges(index)
  const isBeaten = beatenPrefixes(index)
  return wide.filter(({ pattern }) =>
    pattern.kind === 'prefix' ? isBeaten(pattern.prefix) : !winning.has(pattern),
  )
}

/** The names of the routes that claim numbers but can never win one. */
export function unreachableRoutes(
  index: NumberIndex,
  claims: readonly Owned[],
  owners: readonly Owner[],
): string[] {
  const unreachable = new Set(unreachableClaims(index, claims))
  const routes = new Set([...unreachable].map(routeOf))
  for (const claim of routes.size > 0 ? claims : []) {
    if (!unreachable.has(claim)) routes.delete(routeOf(claim))
  }
  return [...routes]

  function routeOf({ owner }: Owned): string {
    return owners[owner]!.route
  }
}

/** The ranges that have a number left which is not claimed exactly. */
function winningRanges(index: NumberIndex): Set<Pattern> {
  const exact = merge(exactSpans(index))
  const { from, to, claims } = index.ranges
  const winning = claims.filter((_, at) => !includes(exact, [from[at]!, to[at]!]))
  return new Set(winning.map(({ pattern }) => pattern))
}
