import type { NumberIndex, Owned, Owner, Patterned } from './number-index.js'
import { exactSpans, includes, listedSpans, merge, spansOfPrefix } from './number-spans.js'
import type { Pattern } from './pattern.js'

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

/**
 * Says of a prefix whether exact numbers, ranges and longer prefixes take every number that begins so. To ask
 * it of all prefixes of an index takes time in proportion to their number: a search ends at the next longer
 * prefix.
 */
function beatenPrefixes(index: NumberIndex): (prefix: string) => boolean {
  const listed = merge(listedSpans(index))
  const claimed = new Set(index.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()]))
  const beginnings = properBeginnings(claimed)
  return isBeaten

  function isBeaten(prefix: string): boolean {
    if (!beginnings.has(prefix)) return spansOfPrefix(prefix).every((span) => includes(listed, span))
    return isListed(prefix) && nextDigits(prefix).every((longer) => claimed.has(longer) || isBeaten(longer))
  }

  /** Whether the number that is just these digits is taken. There are no numbers of one digit. */
  function isListed(prefix: string): boolean {
    const number = Number(prefix.slice(1))
    return number < 10 || includes(listed, [number, number])
  }
}

/** Every text with which one of the prefixes begins, but for the prefix itself. */
function properBeginnings(prefixes: Iterable<string>): Set<string> {
  const beginnings = new Set<string>()
  for (const prefix of prefixes) {
    let beginning = prefix.slice(0, -1)
    // where one is known, so are all shorter ones
    while (beginning !== '' && !beginnings.has(beginning)) {
      beginnings.add(beginning)
      beginning = beginning.slice(0, -1)
    }
  }
  return beginnings
}

/** The prefixes that are one digit longer. No country code begins with 0. */
function nextDigits(prefix: string): string[] {
  const digits = prefix === '+' ? '123456789' : '0123456789'
  return Array.from(digits, (digit) => prefix + digit)
}
