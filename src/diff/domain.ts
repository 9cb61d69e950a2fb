import type { AddressQuestion, TextQuestion, WordQuestion } from '../conditions/condition.js'
import { isLike } from '../conditions/params.js'
import { parseCaller } from '../numbers/address.js'
import type { NumberIndex } from '../numbers/number-index.js'
import type { NumberSpan } from '../numbers/number-spans.js'
import { parsePattern } from '../numbers/parse-pattern.js'
import { buildPatternSet, matches } from '../numbers/pattern-set.js'
import { numberCells, sipCells } from './addresses.js'
import type { Keyed, TimelessLiteral } from './formula.js'
import { oddness, sampleNumber } from './sample-number.js'

/** Values that no literal of a comparison tells apart, with one that stands for them. */
export interface Cell {
  /** A caller, country, level or the like; of `time` the epoch milliseconds. */
  readonly value: string
  /** Where the value is a number: others that would do as well. */
  readonly span?: NumberSpan
  /** The webhook parameter that tells the value, and what Twilio writes there; times have none. */
  readonly told?: readonly [parameter: string, text: string]
  /** The keys of the literals that hold for them. */
  readonly holds: ReadonlySet<string>
}

/** The cells of one thing that literals ask. */
export type Domain = readonly Cell[]

type Candidate = Pick<Cell, 'value' | 'span'>

/** Cuts all that a call may have there into cells, so that each literal holds for all of a cell or for none of it. */
export function domainOf(literals: readonly Keyed<TimelessLiteral>[]): Domain {
  const cells = new Map<string, Cell>()
  for (const candidate of candidates(literals.map(({ literal }) => literal))) {
    const held = literals.filter(({ literal }) => holds(literal, candidate.value)).map(({ key }) => key)
    const cell = held.join('\n')
    if (!cells.has(cell))
      cells.set(cell, {
        ...candidate,
        told: toldBy(literals[0]!.literal, candidate.value),
        holds: new Set(held),
      })
  }
  return [...cells.values()]
}

function toldBy(literal: TimelessLiteral, value: string): Cell['told'] {
  const spelling = 'spelling' in literal ? literal.spelling : undefined
  return [literal.parameter, spelling ? (spelling[value] ?? '') : value]
}

/** Best first: the first of a cell stands for it. All literals ask the same. */
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

/** Words that no literal names may stand first: they are what most calls have. */
function words(literals: readonly WordQuestion[]): Candidate[] {
  const named = unique(literals.flatMap(({ values }) => values))
  const others = literals.flatMap(({ spare = [] }) => spare).filter((word) => !named.includes(word))
  const all = literals.flatMap((literal) => literal.all ?? [])
  return unique([...others.slice(0, 1), ...all, ...named]).map((value) => ({ value }))
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** Each value and prefix that is named, a value of each prefix that is named no more precisely, and any other. */
function texts(literals: readonly TextQuestion[]): Candidate[] {
  const patterns = literals.flatMap((literal) => literal.patterns)
  const plain = patterns.map((pattern) => pattern.replace(/\*$/, ''))
  const longer = ['', ...plain].map((beginning) => free(beginning, patterns))
  return ['', ...plain, ...longer].map((value) => ({ value }))
}

/** A value that begins so and that no other pattern names or is the beginning of. */
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
