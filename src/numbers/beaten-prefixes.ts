import { listedSpans } from './index-spans.js'
import type { NumberIndex } from './number-index.js'
import { includes, merge, spansOfPrefix } from './spans.js'

/**
 * Says of a prefix whether exact numbers, ranges and longer prefixes take every number that begins so. To ask
 * it of all prefixes of an index takes time in proportion to their number: a search ends at the next longer
 * prefix.
 */
export function beatenPrefixes(index: NumberIndex): (prefix: string) => boolean {
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
