import { isLike } from '../conditions/unmet.js'
import { parseCaller } from '../numbers/address.js'
import type { NumberIndex } from '../numbers/number-index.js'
import { parsePattern } from '../numbers/parse-pattern.js'
import { buildPatternSet, matches } from '../numbers/pattern-set.js'
import type { NumberSpan } from '../numbers/spans.js'
import { numberCells, sipCells } from './addresses.js'
import type { Keyed, Literal, TimelessLiteral } from './formula.js'
import { oddness, sampleNumber } from './sample-number.js'

/** Values that no literal of a comparison tells apart, with one that stands for them. */
export interface Cell {
  /** A caller, country, level or the like; of `time` the epoch milliseconds. */
  readonly value: string
  /** Where the value is a number: others that would do as well. */
  readonly span?: NumberSpan
  /** The keys of the literals that hold for them. */
  readonly holds: ReadonlySet<string>
}

/** The cells of one thing that literals ask. */
export type Domain = readonly Cell[]

type Candidate = Omit<Cell, 'holds'>

/** Cuts all that a call may have there into cells, so that each literal holds for all of a cell or for none of it. */
export function domainOf(literals: readonly Keyed<TimelessLiteral>[]): Domain {
  const cells = new Map<string, Cell>()
  for (const candidate of candidates(literals.map(({ literal }) => literal))) {
    const held = literals.filter(({ literal }) => holds(literal, candidate.value)).map(({ key }) => key)
    const cell = held.join('\n')
    if (!cells.has(cell)) cells.set(cell, { ...candidate, holds: new Set(held) })
  }
  return [...cells.values()]
}

type CallerLiteral = Extract<Literal, { set: unknown }>
type WordLiteral = Extract<Literal, { values: unknown }>
type AccountLiteral = Extract<Literal, { all: unknown }>
type ParameterLiteral = Extract<Literal, { patterns: unknown }>

/** Best first: the first of a cell stands for it. All literals ask the same. */
function candidates(literals: readonly TimelessLiteral[]): Candidate[] {
  const [first] = literals as [TimelessLiteral]
  if ('set' in first) return callers(literals as CallerLiteral[], first.asks === 'forwardedFrom')
  if ('patterns' in first) return parameterValues(literals as ParameterLiteral[])
  if ('all' in first)
    return unique((literals as AccountLiteral[]).flatMap(({ all }) => all)).map((value) => ({ value }))
  const named = unique((literals as WordLiteral[]).flatMap(({ values }) => values))
  return first.asks === 'country' ? countries(named) : words(first.asks, named)
}

function callers(literals: readonly CallerLiteral[], mayBeAbsent: boolean): Candidate[] {
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

/** ISO 3166 leaves these to everybody's own use, so that one of them stands for all that no literal names. */
const COUNTRIES = [
  'US',
  'DE',
  'FR',
  'JP',
  ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter) => `X${letter}`),
]

/** Any country may be told of any caller. */
function countries(named: readonly string[]): Candidate[] {
  const others = COUNTRIES.filter((country) => !named.includes(country))
  return [...others.slice(0, 1), ...named].map((value) => ({ value }))
}

const ABSENT: Readonly<Record<string, string>> = { attestation: 'none', sipDomain: '' }
const LEVELS = ['none', 'A', 'B', 'C', 'failed']

function words(asks: string, named: readonly string[]): Candidate[] {
  return [ABSENT[asks]!, ...(asks === 'attestation' ? LEVELS : named)].map((value) => ({ value }))
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** Each value and prefix that is named, a value of each prefix that is named no more precisely, and any other. */
function parameterValues(literals: readonly ParameterLiteral[]): Candidate[] {
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
  if (literal.asks === 'forwardedFrom' && value === '') return false
  return matches(literal.set, parseCaller(value)) !== undefined
}
