import { DateTime } from 'luxon'
import type { Comparison } from './compare.js'
import type { Meeting } from './explore.js'
import { literalText } from './formula.js'
import type { Stretch } from './times.js'

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
export function whenOf({ calls }: Meeting, { domains, stretches }: Comparison): When {
  const conditions = calls.cuts.flatMap(({ literal, holds }) =>
    literal.asks === 'time' ? [] : [literalText(literal, holds)],
  )
  const cells = calls.cells.get('time')
  if (!cells || cells.length === domains.get('time')!.length) return { if: [...new Set(conditions)] }
  const cut = calls.cuts.find(({ literal }) => literal.asks === 'time')!.literal
  const zone = 'schedules' in cut ? cut.schedules[0]!.timezone : 'UTC'
  const held = joined(stretches.filter(({ cell }) => cells.includes(cell)))
  const first = held.slice(0, MOST_TIMES).map((stretch) => stretchText(stretch, zone))
  return { if: [...new Set(conditions)], times: { zone, count: held.length, first } }
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
