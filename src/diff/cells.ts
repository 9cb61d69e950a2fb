import type { AddressQuestion, TextQuestion, WordQuestion } from '../conditions/condition.js'
import { isLike } from '../conditions/params.js'
import { type Address, isWithheldCaller, parseAddress, parseCaller } from '../numbers/address.js'
import {
  emptyTextIndex,
  findPrefix,
  type NumberIndex,
  prefixesLike,
  type TextIndex,
} from '../numbers/number-index.js'
import { BEYOND, type NumberSpan, numberSpans } from '../numbers/number-spans.js'
import { parsePattern } from '../numbers/pattern.js'
import { buildPatternSet, matches } from '../numbers/pattern-set.js'
import type { Keyed, TimelessLiteral } from './formula.js'

/** Values that no literal of a comparison tells apart, and one of them. */
export interface Cell {
  /** A caller, country, level or the like; of `time` the epoch milliseconds. */
  readonly value: string
  /** If the value is a number: all numbers of the cell from the first to the last. */
  readonly span?: NumberSpan
  /** The webhook parameter that holds the value, and its text there; times have none. */
  readonly sent?: readonly [parameter: string, text: string]
  /** The keys of the literals that hold for them. */
  readonly holds: ReadonlySet<string>
}

/** The partition of one thing that literals ask. */
export type Domain = readonly Cell[]

type Candidate = Pick<Cell, 'value' | 'span'>

/** Cuts all values that a call may have into cells, such that each literal holds for all of a cell or for none of it. */
export function domainOf(literals: readonly Keyed<TimelessLiteral>[]): Domain {
  const cells = new Map<string, Cell>()
  for (const candidate of candidates(literals.map(({ literal }) => literal))) {
    const held = literals.filter(({ literal }) => holds(literal, candidate.value)).map(({ key }) => key)
    const cell = held.join('\n')
    if (!cells.has(cell))
      cells.set(cell, {
        ...candidate,
        sent: sentFor(literals[0]!.literal, candidate.value),
        holds: new Set(held),
      })
  }
  return [...cells.values()]
}

function sentFor(literal: TimelessLiteral, value: string): Cell['sent'] {
  const spelling = 'spelling' in literal ? literal.spelling : undefined
  return [literal.parameter, spelling ? (spelling[value] ?? '') : value]
}

/** At least one value of each cell, the best examples first. All literals ask the same thing. */
function candidates(literals: readonly TimelessLiteral[]): Candidate[] {
  const [first] = literals as [TimelessLiteral]
  if ('set' in first) return addresses(literals as AddressQuestion[], first.mayBeAbsent)
  return 'patterns' in first ? texts(literals as TextQuestion[]) : words(literals as WordQuestion[])
}

function addresses(literals: readonly AddressQuestion[], mayBeAbsent: boolean): Candidate[] {
  const indexes = literals.map(({ set }) => set.index)
  const numbers = numberCells(indexes)
    .map((span) => ({ number: sampleNumber(span), span }))
    .sort((a, b) => oddness(a.number) - oddness(b.number))
  return [
    ...(mayBeAbsent ? [{ value: '' }] : []),
    ...numbers.map(({ number, span }) => ({ value: `+${number}`, span })),
    { value: 'anonymous' },
    ...sipCells(indexes).map(({ address }) => ({ value: address.text })),
    ...sipNumbers(indexes).map((value) => ({ value })),
  ]
}

/** SIP addresses whose user is a number: there patterns of both kinds fit. */
function sipNumbers(indexes: readonly NumberIndex[]): string[] {
  const named = indexes.flatMap(({ hosts }) => [...hosts])
  const users = named.flatMap(([, { exact, prefixes }]) => [
    ...exact.keys(),
    ...prefixes.flatMap(({ byPrefix }) => Array.from(byPrefix.keys(), (prefix) => `${prefix}*`)),
  ])
  const patterns = users.flatMap((user) => (user.startsWith('+') ? (parsePattern(user).value ?? []) : []))
  const numbers = numberCells([...indexes, buildPatternSet(patterns, false).index]).map(sampleNumber)
  return unique(named.map(([host]) => host)).flatMap((host) =>
    numbers.map((number) => `sip:+${number}@${host}`),
  )
}

/** First a word that no literal names: most calls have one. */
function words(literals: readonly WordQuestion[]): Candidate[] {
  const named = unique(literals.flatMap(({ values }) => values))
  const others = literals.flatMap(({ spare = [] }) => spare).filter((word) => !named.includes(word))
  const all = literals.flatMap((literal) => literal.all ?? [])
  return unique([...others.slice(0, 1), ...all, ...named]).map((value) => ({ value }))
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** No value, each value and prefix that is named, and longer values that only the prefix matches. */
function texts(literals: readonly TextQuestion[]): Candidate[] {
  const patterns = literals.flatMap((literal) => literal.patterns)
  const plain = patterns.map((pattern) => pattern.replace(/\*$/, ''))
  const longer = ['', ...plain].map((beginning) => free(beginning, patterns))
  return ['', ...plain, ...longer].map((value) => ({ value }))
}

/** A value with this beginning that no longer pattern matches. */
function free(beginning: string, patterns: readonly string[]): string {
  const longer = patterns
    .map((pattern) => pattern.replace(/\*$/, ''))
    .filter((plain) => plain.length > beginning.length)
  let number = 1
  while (longer.some((plain) => `${beginning}other${number}`.startsWith(plain))) number += 1
  return `${beginning}other${number}`
}

function holds(literal: TimelessLiteral, value: string): boolean {
  if ('patterns' in literal) return literal.patterns.some((pattern) => isLike(value, pattern))
  if ('values' in literal) return literal.values.includes(value)
  if (literal.mayBeAbsent && value === '') return false
  return matches(literal.set, parseCaller(value)) !== undefined
}

/** Numbers have from 2 to 15 digits. */
const FIRST = 10

/**
 * Cuts all phone numbers into spans, in ascending order. Each pattern of the indexes matches all of a span or none of
 * it, so the most precise pattern is the same for the whole span.
 */
export function numberCells(indexes: readonly NumberIndex[]): NumberSpan[] {
  const cuts = new Set([FIRST])
  for (const index of indexes) {
    for (const [from, to] of numberSpans(index)) cuts.add(from).add(to + 1)
  }
  const ascending = Float64Array.from(cuts).sort()
  return Array.from(ascending, (from, at): NumberSpan => [from, (ascending[at + 1] ?? BEYOND) - 1]).filter(
    ([from, to]) => from <= to,
  )
}

/** SIP addresses that no pattern of the indexes tells apart, with one of them. */
export interface SipCell {
  readonly address: Address
  /** How a report names them: the pattern, without what others match more precisely. */
  readonly text: string
}

/** Cuts the SIP addresses of every host that a pattern names, with one cell for all other hosts. */
export function sipCells(indexes: readonly NumberIndex[]): SipCell[] {
  const hosts = new Set(indexes.flatMap(({ hosts }) => [...hosts.keys()]))
  const named = [...hosts].flatMap((host) => hostCells(host, allUsers(host, indexes)))
  return [...named, sipCell('someone', UNNAMED, 'any other SIP address')]
}

/** RFC 2606 §2 keeps this domain free. */
const UNNAMED = 'unnamed.invalid'

function allUsers(host: string, indexes: readonly NumberIndex[]): TextIndex<true> {
  const all = emptyTextIndex<true>()
  for (const { hosts } of indexes) {
    for (const user of hosts.get(host)?.exact.keys() ?? []) all.exact.set(user, true)
    for (const { byPrefix } of hosts.get(host)?.prefixes ?? []) {
      for (const prefix of byPrefix.keys()) prefixesLike(all.prefixes, prefix).set(prefix, true)
    }
  }
  prefixesLike(all.prefixes, '').set('', true)
  return all
}

function hostCells(host: string, users: TextIndex<true>): SipCell[] {
  const prefixes = users.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  return [
    ...[...users.exact.keys()].map((user) => sipCell(user, host, `sip:${user}@${host}`)),
    ...prefixes.map((prefix) => sipCell(freeUser(prefix, users), host, `sip:${prefix}*@${host}`)),
  ]
}

/** A user with this prefix that no longer pattern matches; there is always one, as users may have any length. */
function freeUser(prefix: string, users: TextIndex<true>): string {
  let number = 1
  while (!isFree(`user${number}`)) number += 1
  return `${prefix}user${number}`

  function isFree(rest: string): boolean {
    return findPrefix(users, prefix + rest)!.wild === rest && !users.exact.has(prefix + rest)
  }
}

function sipCell(user: string, host: string, text: string): SipCell {
  return { address: parseAddress(`sip:${encodeURIComponent(user)}@${host}`), text }
}

/** A number that looks real, for examples. */
const SOMEONE = 491701234567

/** A number of a span for examples; of a large span not the very first, which looks odd. */
export function sampleNumber([from, to]: NumberSpan): number {
  if (from <= SOMEONE && SOMEONE <= to) return SOMEONE
  const number = to - from < 10_000_000 ? from : from + 1_234_567
  return isWithheldCaller(`+${number}`) && number < to ? number + 1 : number
}

/** How odd a number looks: most have eleven digits or close to that. */
export function oddness(number: number): number {
  return number === SOMEONE ? -1 : Math.abs(String(number).length - 11)
}
