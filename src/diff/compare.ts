import { atNoTime, type Cells, cellCutter } from './cells.js'
import { type Divergence, explore } from './explore.js'
import type { Keyed } from './formula.js'
import { literalsOf, type Policy } from './policy.js'
import { lastYear } from './schedule-key.js'
import type { TimeLiteral } from './times.js'

/** How the calls of one route of the old config fare under one of the new. */
export interface Comparison extends Cells {
  /** Those that are treated differently. */
  readonly meetings: readonly Divergence[]
  /** Why there may be differences besides; undefined if there are none. */
  readonly unsure: string | undefined
}

/** Whether a meeting of behaviours is a difference, given the values that templates are filled with. */
export type Differs = (meeting: Divergence) => boolean

const DAY = 86_400_000

/** How far ahead times are listed: a year, and a month for what comes once a year. */
export const LISTED_DAYS = 400

/** Weekdays and dates fall together in the same way every 28 years. */
const CYCLE_DAYS = 29 * 366

const SAME: Comparison = { meetings: [], domains: new Map(), stretches: [], unsure: undefined }

/**
 * Makes a function that compares policies from `at` on. Times are looked through for 400 days; when nothing differs
 * by then, for as long as weekdays and dates take to repeat. A date after that is a reason to be unsure.
 */
export function comparer(at: number) {
  const cut = cellCutter(at)
  return function compare(before: Policy, after: Policy, differs: Differs, everything: boolean): Comparison {
    if (!everything && before.rests[0] === after.rests[0]) return SAME
    const literals = literalsOf([before, after])
    const near = compareIn(cut(literals, at + LISTED_DAYS * DAY))
    const time = literals.get('time')
    if (!time || near.meetings.length > 0 || near.unsure || !mayDifferLater(near, time)) return near
    const far = compareIn(cut(literals, at + CYCLE_DAYS * DAY))
    return far.meetings.length > 0 ? far : { ...far, unsure: late(time, at) }

    function compareIn(cells: Cells): Comparison {
      const { meetings, isComplete } = explore(before, after, cells.domains, everything)
      const unsure = isComplete ? undefined : 'its rules are too many to follow in every combination'
      return { ...cells, meetings: meetings.filter(differs), unsure }
    }

    function mayDifferLater(cells: Cells, asked: readonly Keyed[]): boolean {
      const ever = atNoTime(cells, asked)
      return !ever || compareIn(ever).meetings.length > 0
    }
  }
}

function late(time: readonly Keyed[], at: number): string | undefined {
  const end = new Date(at + CYCLE_DAYS * DAY).getUTCFullYear()
  const schedules = time.flatMap(({ literal }) => (literal as TimeLiteral).schedules)
  const named = schedules.find((schedule) => lastYear(schedule) >= end)
  return named && `schedule ${named.name} names dates after ${end - 1}`
}
