import type { Address } from '../numbers/address.js'
import { type Claim, lookUp, type Match, type NumberIndex } from '../numbers/number-index.js'
import type { NumberSpan } from '../numbers/number-spans.js'
import { numberCells, sipCells } from './addresses.js'
import { sampleNumber } from './sample-number.js'

/** The claim that wins an address, if one does. */
export type Found = Match<Claim> | undefined

/** Called addresses that each config finds by one claim of its own. */
export interface CalledCell {
  /** One of them. */
  readonly address: Address
  readonly span: NumberSpan | undefined
  /** What stands for all of them; spans that an exact number or a range wins stand for themselves. */
  readonly text: string
  readonly old: Found
  readonly new: Found
}

type Claims = NumberIndex

/** Cuts all addresses that can be called into cells. */
export function calledCells(before: Claims, after: Claims): CalledCell[] {
  const numbers = numberCells([before, after]).map((span) => {
    const number = sampleNumber(span)
    const address = { kind: 'number', text: `+${number}`, number } as const
    const found = { old: lookUp(before, address), new: lookUp(after, address) }
    return { address, span, text: numberText(span, found.old, found.new), ...found }
  })
  const sip = sipCells([before, after]).map(({ address, text }) => ({
    address,
    span: undefined,
    text,
    old: lookUp(before, address),
    new: lookUp(after, address),
  }))
  return [...numbers, ...sip]
}

export const UNCLAIMED = 'any other number'

/** A prefix has a span for each length of number, so it stands for all of them. */
function numberText([from, to]: NumberSpan, old: Found, other: Found): string {
  const patterns = [old, other].flatMap((match) => (match ? [match.claim.pattern] : []))
  if (patterns.some(({ kind }) => kind === 'exact' || kind === 'range'))
    return from === to ? `+${from}` : `+${from}..+${to}`
  const longest = patterns.toSorted((a, b) => b.text.length - a.text.length)[0]
  return longest?.text ?? UNCLAIMED
}

/** The texts of cells, each once; spans of numbers that follow each other are one. */
export function placesOf(cells: readonly CalledCell[]): string[] {
  const places = new Set<string>()
  let open: [from: number, to: number] | undefined
  for (const { span, text } of cells) {
    const stands = span && text.startsWith('+') && !text.endsWith('*')
    if (stands && open && open[1] + 1 === span[0] && sameLength(open[0], span[0])) {
      places.delete(spanText(open))
      open = [open[0], span[1]]
    } else open = stands ? [...span] : undefined
    places.add(open ? spanText(open) : text)
  }
  return [...places]
}

function spanText([from, to]: readonly [number, number]): string {
  return from === to ? `+${from}` : `+${from}..+${to}`
}

function sameLength(a: number, b: number): boolean {
  return String(a).length === String(b).length
}
