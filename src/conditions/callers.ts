import { below, type Origin } from '../errors/origin.js'
import { follow } from '../model/compile-context.js'
import type { Condition } from '../model/config.js'
import { type Address, numberOf } from '../numbers/address.js'
import { nearMisses } from '../numbers/near-misses.js'
import { type PatternContext, readPattern } from '../numbers/pattern.js'
import { buildPatternSet, isEmpty, type PatternSet, setCovers } from '../numbers/pattern-set.js'
import type { Affords, CallerList, ConditionContext } from './condition.js'

/** A condition that holds for some addresses: numbers, ranges, prefixes, SIP addresses. */
export interface AddressCondition extends Condition {
  readonly set: PatternSet
}

/** Compiles patterns, `anonymous` and the names of lists into one set. */
export function compileCallers(
  written: readonly string[],
  origin: Origin,
  context: ConditionContext,
): PatternSet {
  const [list = '', ...more] = written
  if (more.length > 0 || !context.lists.has(list)) return setOf(written, origin, context)
  const set = context.listSets.get(list) ?? setOf(written, origin, context)
  context.listSets.set(list, set)
  return set
}

function setOf(written: readonly string[], origin: Origin, context: ConditionContext): PatternSet {
  const { patterns, anonymous } = joinLists(
    written.map((entry, at) => caller(entry, below(origin, at), context)),
  )
  return buildPatternSet(patterns, anonymous)
}

const NOBODY: CallerList = { patterns: [], anonymous: false }

function caller(entry: string, origin: Origin, context: ConditionContext): CallerList {
  if (!isListName(entry)) return readCaller(entry, origin, context)
  return follow(context, 'list', entry, origin) ? (context.lists.get(entry) ?? NOBODY) : NOBODY
}

/** Whether an entry is the name of a list: patterns begin with `+` or `sip:`, or are digits. */
function isListName(entry: string): boolean {
  return /^[A-Za-z_]/.test(entry) && entry !== 'anonymous' && !/[:@*]/.test(entry)
}

/** Reads one pattern or `anonymous`. */
export function readCaller(text: string, origin: Origin, context: PatternContext): CallerList {
  if (text === 'anonymous') return { patterns: [], anonymous: true }
  const pattern = readPattern(text, origin, context)
  return { patterns: pattern ? [pattern] : [], anonymous: false }
}

/** All callers of several lists, as one list. */
export function joinLists(lists: readonly CallerList[]): CallerList {
  if (lists.length === 1) return lists[0]!
  return {
    patterns: lists.flatMap((list) => list.patterns),
    anonymous: lists.some((list) => list.anonymous),
  }
}

/** The pattern that an address comes nearest to. */
export function nearestPattern({ set }: AddressCondition, address: Address): string | undefined {
  return nearMisses(set.index, numberOf(address) ?? address)[0]?.says
}

/** An empty list is covered by nothing: it may be filled later, and then its rule must not have been reported. */
export function coversAddresses(outer: AddressCondition, inner: AddressCondition, affords: Affords): boolean {
  return !isEmpty(inner.set) && setCovers(outer.set, inner.set, affords)
}
