import type { Patterned } from './claim.js'
import { numberSpans } from './index-spans.js'
import { lookUp } from './look-up.js'
import type { NumberIndex } from './number-index.js'
import type { Pattern } from './pattern.js'
import { buildPatternSet, type PatternSet } from './pattern-set.js'
import { includes, merge } from './spans.js'
import { findPrefix, findText, type TextIndex } from './text-index.js'

type Index = NumberIndex

/** Whether every address that `inner` matches is matched by `outer`, too. */
export function covers(outer: Pattern, inner: Pattern): boolean {
  return setCovers(buildPatternSet([outer], false), buildPatternSet([inner], false))
}

/**
 * Whether every address that `inner` matches is matched by `outer`, too. Exact for numbers, also where only
 * several patterns of `outer` together do it.
 */
export function setCovers(outer: PatternSet, inner: PatternSet): boolean {
  if (inner.anonymous && !outer.anonymous) return false
  return sipCovered(outer.index, inner.index) && numbersCovered(outer.index, inner.index)
}

function sipCovered(outer: Index, inner: Index): boolean {
  return [...inner.hosts].every(([host, users]) => {
    const outerUsers = outer.hosts.get(host)
    return outerUsers !== undefined && usersCovered(outerUsers, users)
  })
}

function usersCovered(outer: TextIndex<Patterned>, inner: TextIndex<Patterned>): boolean {
  const prefixes = inner.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  return (
    prefixes.every((prefix) => findPrefix(outer, prefix) !== undefined) &&
    [...inner.exact.keys()].every((user) => findText(outer, user) !== undefined)
  )
}

function numbersCovered(outer: Index, inner: Index): boolean {
  const [first] = numberSpans(inner)
  if (first === undefined) return true
  // most sets have nothing in common: that is seen before a long list is merged
  if (!matchesNumber(outer, first[0])) return false
  const covered = merge(numberSpans(outer))
  for (const span of numberSpans(inner)) {
    if (!includes(covered, span)) return false
  }
  return true
}

function matchesNumber(index: Index, number: number): boolean {
  return lookUp(index, { kind: 'number', text: `+${number}`, number }) !== undefined
}
