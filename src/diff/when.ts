import { DateTime } from 'luxon'
import type { Comparison } from './compare.js'
import type { Cell } from './domain.js'
import type { Divergence } from './explore.js'
import { literalText, type TimelessLiteral } from './formula.js'
import type { Space } from './part.js'
import type { Stretch, TimeLiteral } from './times.js'

/** Which calls to a number a difference concerns. */
export interface When {
  /** Conditions in the words of the configs, all of which hold; none: every caller. */
  readonly if: readonly string[]
  /** Missing: at any time. */
  readonly times?: {
    readonly zone: string
    /** How many stretches of time there are up to the end of the listing. */
    readonly count: number
    /** The first of them, by the wall clock of the zone. */
    readonly first: readonly string[]
  }
}

/** How many times are written out. */
const MOST_TIMES = 3

/** Says of a meeting which callers come to it, and when. */
export function whenOf({ calls }: Divergence, { domains, stretches }: Comparison): When {
  const conditions = needed(calls, domains).map(({ literal, holds }) =>
    literalText(literal as TimelessLiteral, holds),
  )
  const cells = calls.cells.get('time')
  const cut = calls.cuts.find(({ literal }) => literal.asks === 'time')?.literal
  if (!cells || !cut) return { if: conditions }
  const zone = (cut as TimeLiteral).schedules[0]!.timezone
  const held = joined(stretches.filter(({ cell }) => cells.includes(cell)))
  const first = held.slice(0, MOST_TIMES).map((stretch) => stretchText(stretch, zone))
  return { if: conditions, times: { zone, count: held.length, first } }
}

type Cut = Space['cuts'][number]

/** The cuts but those of time, without any that the others make anyway. */
function needed({ cuts }: Space, domains: Comparison['domains']): Cut[] {
  let kept = cuts.filter(({ literal }) => literal.asks !== 'time')
  for (const cut of kept) {
    const others = kept.filter((other) => other !== cut && other.literal.asks === cut.literal.asks)
    const left = domains.get(cut.literal.asks)!.filter((cell) => others.every((other) => isIn(cell, other)))
    if (left.every((cell) => isIn(cell, cut))) kept = kept.filter((other) => other !== cut)
  }
  return kept
}

function isIn({ holds }: Cell, cut: Cut): boolean {
  return holds.has(cut.key) === cut.holds
}

/** Stretches that follow each other are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const stretch of stretches) {
    const last = all.at(-1)
    if (last?.until === stretch.from) all[all.length - 1] = { ...last, until: stretch.until }
    else all.push(stretch)
  }
  return all
}

/** `Fri 2026-12-25 09:00-18:00`; with the day of the end where that is another. */
function stretchText({ from, until }: Stretch, zone: string): string {
  const [begin, end] = [from, until].map((at) => DateTime.fromMillis(at, { zone, locale: 'en' })) as [
    DateTime,
    DateTime,
  ]
  const begun = begin.toFormat('ccc yyyy-MM-dd HH:mm')
  return begin.hasSame(end, 'day')
    ? `${begun}-${end.toFormat('HH:mm')}`
    : `${begun} to ${end.toFormat('ccc yyyy-MM-dd HH:mm')}`
}
