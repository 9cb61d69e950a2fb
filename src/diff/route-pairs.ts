import type { AddressQuestion } from '../conditions/condition.js'
import type { Config } from '../model/config.js'
import type { Address } from '../numbers/address.js'
import { type Claim, lookUp, type Match, type NumberIndex } from '../numbers/number-index.js'
import type { NumberSpan } from '../numbers/number-spans.js'
import type { Pattern } from '../numbers/pattern.js'
import type { PatternSet } from '../numbers/pattern-set.js'
import { numberCells, sampleNumber, sipCells } from './cells.js'
import type { Keyed } from './formula.js'
import { behavioursOf, literalsOf, type Policy } from './policy.js'

/** Called addresses that belong to one route of the old config and to one of the new; '' where no route claims them. */
export interface RoutePair {
  readonly old: string
  readonly new: string
  /** Template names that these routes use and whose values differ between the two claims that win. */
  readonly values: readonly string[]
  /** The keys of the literals that hold for who is called, of those that these routes ask. */
  readonly called: ReadonlySet<string>
  readonly cells: readonly CalledCell[]
}

type PolicyOf = (route: string) => Policy

interface Side {
  readonly config: Config
  readonly policyOf: PolicyOf
}

/** All addresses that can be called, by the two routes that they belong to. */
export function routePairs(before: Side, after: Side): RoutePair[] {
  const pairs = new Map<string, RoutePair & { cells: CalledCell[] }>()
  const usesOld = usesOf(before.policyOf)
  const usesNew = usesOf(after.policyOf)
  const calledOld = calledBy(before.policyOf)
  const calledNew = calledBy(after.policyOf)
  const asked = [...setsOf(before), ...setsOf(after)]
  for (const cell of calledCells(before.config.numbers, after.config.numbers, asked)) {
    const [old, other] = [cell.old?.claim.route ?? '', cell.new?.claim.route ?? '']
    const values = otherValues(cell, [...usesOld(old), ...usesNew(other)])
    const called = heldFor(cell, [...calledOld(old), ...calledNew(other)])
    const key = JSON.stringify([old, other, values, called])
    const pair = pairs.get(key) ?? { old, new: other, values, called: new Set(called), cells: [] }
    pairs.set(key, pair)
    pair.cells.push(cell)
  }
  return [...pairs.values()]
}

/** The sets of called addresses that the rules of a config ask. */
function setsOf({ config, policyOf }: Side): PatternSet[] {
  return calledLiterals(['', ...config.routes.keys()].map(policyOf)).map(({ literal }) => literal.set)
}

/** What the rules of a route ask of who is called, worked out once for each route. */
function calledBy(policyOf: PolicyOf): (route: string) => readonly CalledLiteral[] {
  const known = new Map<string, readonly CalledLiteral[]>()
  return function called(route) {
    const literals = known.get(route) ?? calledLiterals([policyOf(route)])
    known.set(route, literals)
    return literals
  }
}

type CalledLiteral = Keyed<AddressQuestion>

function calledLiterals(policies: readonly Policy[]): readonly CalledLiteral[] {
  return (literalsOf(policies).get('to') ?? []) as readonly CalledLiteral[]
}

/** The keys of the literals that hold for a cell. */
function heldFor({ address }: CalledCell, literals: readonly CalledLiteral[]): string[] {
  const held = literals.filter(({ literal }) => lookUp(literal.set.index, address) !== undefined)
  return [...new Set(held.map(({ key }) => key))].sort()
}

/** The names that the templates of a route use, worked out once for each route. */
function usesOf(policyOf: PolicyOf): (route: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return function uses(route) {
    const names = known.get(route) ?? [
      ...new Set(behavioursOf(policyOf(route)).flatMap(({ uses }) => [...uses])),
    ]
    known.set(route, names)
    return names
  }
}

function otherValues(cell: CalledCell, names: readonly string[]): string[] {
  return [...new Set(names)]
    .filter((name) => matchedValue(cell.old, name) !== matchedValue(cell.new, name))
    .sort()
}

/** The value that the claim gives for a name (see `call/values.ts`); undefined where the call itself gives it. */
export function matchedValue(match: Found, name: string): string | undefined {
  return match?.claim.values?.[name] ?? (name === 'wild' ? (match?.wild ?? '') : undefined)
}

/** The claim that wins an address, if there is one. */
export type Found = Match<Claim> | undefined

/** Called addresses for which the same claim wins throughout, in each of the configs. */
export interface CalledCell {
  /** One of them, for examples. */
  readonly address: Address
  readonly span: NumberSpan | undefined
  /** How a report names them: the pattern that wins, or the span itself where that is an exact number or a range. */
  readonly text: string
  readonly old: Found
  readonly new: Found
}

/** Cuts all addresses that can be called into cells; each of the sets that rules ask matches all of a cell or none. */
function calledCells(before: NumberIndex, after: NumberIndex, asked: readonly PatternSet[]): CalledCell[] {
  const indexes = [before, after, ...asked.map(({ index }) => index)]
  const numbers = numberCells(indexes).map((span) => {
    const number = sampleNumber(span)
    const address = { kind: 'number', text: `+${number}`, number } as const
    const found = { old: lookUp(before, address), new: lookUp(after, address) }
    return { address, span, text: numberText(span, patternsOf(address, indexes)), ...found }
  })
  const sip = sipCells(indexes).map(({ address, text }) => ({
    address,
    span: undefined,
    text,
    old: lookUp(before, address),
    new: lookUp(after, address),
  }))
  return [...numbers, ...sip]
}

const UNCLAIMED = 'any other number'

/** Of the patterns that win, the longest. A prefix has a span for each length of number, and names all of them. */
function numberText([from, to]: NumberSpan, patterns: readonly Pattern[]): string {
  if (patterns.some(({ kind }) => kind === 'exact' || kind === 'range'))
    return from === to ? `+${from}` : `+${from}..+${to}`
  const longest = patterns.toSorted((a, b) => b.text.length - a.text.length)[0]
  return longest?.text ?? UNCLAIMED
}

function patternsOf(address: Address, indexes: readonly NumberIndex[]): Pattern[] {
  return indexes.flatMap((index) => lookUp(index, address)?.claim.pattern ?? [])
}

/** How a report names the cells, each once; spans that follow each other are joined. */
export function numberTexts(cells: readonly CalledCell[]): string[] {
  const texts = new Set<string>()
  let open: [from: number, to: number] | undefined
  for (const { span, text } of cells) {
    const isSpan = span && text.startsWith('+') && !text.endsWith('*')
    if (isSpan && open && open[1] + 1 === span[0] && sameLength(open[0], span[0])) {
      texts.delete(spanText(open))
      open = [open[0], span[1]]
    } else open = isSpan ? [...span] : undefined
    texts.add(open ? spanText(open) : text)
  }
  return [...texts]
}

function spanText([from, to]: readonly [number, number]): string {
  return from === to ? `+${from}` : `+${from}..+${to}`
}

function sameLength(a: number, b: number): boolean {
  return String(a).length === String(b).length
}
