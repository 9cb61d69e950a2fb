import { parseAddress } from '../numbers/address.js'
import { matches } from '../numbers/pattern-set.js'
import type { Span } from '../numbers/spans.js'
import { numberCells, sipCells } from './addresses.js'
import type { Keyed, Literal } from './formula.js'
import { oddness, sampleNumber } from './sample-number.js'

/** Values that no literal of a comparison tells apart, with one that stands for them. */
export interface Cell {
  /** A caller, country, level or the like; of `time` the epoch milliseconds. */
  readonly value: string
  /** Where the value is a number: others that would do as well. */
  readonly span?: Span
  /** The keys of the literals that hold for them. */
  readonly holds: ReadonlySet<string>
}

/** The cells of one thing that literals ask. */
export type Domain = readonly Cell[]

type Candidate = Omit<Cell, 'holds'>

/** Cuts all that a call may have there into cells, so that each literal holds for all of a cell or for none of it. */
export function domainOf(literals: readonly Keyed[]): Domain {
  const cells = new Map<string, Cell>()
  for (const candidate of candidates(literals.map(({ literal }) => literal))) {
    const held = literals.filter(({ literal }) => holds(literal, candidate.value)).map(({ key }) => key)
    const cell = held.join('\n')
    if (!cells.has(cell)) cells.set(cell, { ...candidate, holds: new Set(held) })
  }
  return [...cells.values()]
}

/** Best first: the first of a cell stands for it. */
function candidates(literals: readonly Literal[]): Candidate[] {
  const [first] = literals as [Literal]
  if ('set' in first) return callers(literals)
  if ('patterns' in first) return parameterValues(literals)
  return first.asks === 'country' ? countries(literals) : words(first.asks, literals)
}

function callers(literals: readonly Literal[]): Candidate[] {
  const indexes = literals.flatMap((literal) => ('set' in literal ? [literal.set.index] : []))
  const numbers = numberCells(indexes)
    .map((span) => ({ number: sampleNumber(span), span }))
    .sort((a, b) => oddness(a.number) - oddness(b.number))
  const absent = literals[0]!.asks === 'forwardedFrom' ? [{ value: '' }] : []
  return [
    ...absent,
    ...numbers.map(({ number, span }) => ({ value: `+${number}`, span })),
    { value: 'anonymous' },
    ...sipCells(indexes).map(({ address }) => ({ value: address.text })),
  ]
}

/** Any country may be told of any caller; one that no literal names stands for all the others. */
function countries(literals: readonly Literal[]): Candidate[] {
  const named = valuesOf(literals)
  const other = ['US', 'DE', 'FR', 'JP', 'ZZ'].find((country) => !named.includes(country))
  return [...(other ? [other] : []), ...named].map((value) => ({ value }))
}

const ABSENT: Readonly<Record<string, string>> = { attestation: 'none', sipDomain: '' }
const LEVELS = ['none', 'A', 'B', 'C', 'failed']

function words(asks: string, literals: readonly Literal[]): Candidate[] {
  const named = asks === 'attestation' ? LEVELS : valuesOf(literals)
  return [ABSENT[asks]!, ...named].map((value) => ({ value }))
}

function valuesOf(literals: readonly Literal[]): string[] {
  return [...new Set(literals.flatMap((literal) => ('values' in literal ? literal.values : [])))]
}

/** Each value and prefix that is named, a value of each prefix that is named no more precisely, and any other. */
function parameterValues(literals: readonly Literal[]): Candidate[] {
  const patterns = literals.flatMap((literal) => ('patterns' in literal ? literal.patterns : []))
  const plain = patterns.map((pattern) => pattern.replace(/\*$/, ''))
  const longer = ['', ...plain].map((beginning) => free(beginning, patterns))
  return ['', ...plain, ...longer].map((value) => ({ value }))
}

/** A value that begins so and that no other pattern names or is the beginning of. */
function free(beginning: string, patterns: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const value = `${beginning}other${number}`
    const isNamed = (pattern: string) => {
      const plain = pattern.replace(/\*$/, '')
      return plain.length > beginning.length && value.startsWith(plain)
    }
    if (!patterns.some(isNamed)) return value
  }
}

function holds(literal: Literal, value: string): boolean {
  if ('patterns' in literal) return literal.patterns.some((pattern) => isLike(value, pattern))
  if ('values' in literal) return literal.values.includes(value)
  if (!('set' in literal)) return false
  if (literal.asks === 'forwardedFrom' && value === '') return false
  return matches(literal.set, parseAddress(value)) !== undefined
}

/** As `routing/fits.ts` compares them. */
function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern
}
