import { type Domain, domainOf } from './domain.js'
import { explore, type Meeting, type Policy } from './explore.js'
import type { Formula, Literal } from './formula.js'
import { literalsOf } from './policy.js'
import { lastYear } from './schedule-key.js'
import { type Stretch, type Times, timesOf } from './times.js'

/** How the calls of one route of the old config fare under one of the new. */
export interface Comparison {
  /** Those that are treated differently. */
  readonly meetings: readonly Meeting[]
  readonly domains: ReadonlyMap<Literal['asks'], Domain>
  readonly stretches: readonly Stretch[]
  /** Why there may be differences besides; undefined if there are none. */
  readonly unsure: string | undefined
}

/** Whether a meeting of behaviours is a difference, given the values that templates are filled with. */
export type Differs = (meeting: Meeting) => boolean

const DAY = 86_400_000

/** How far ahead times are listed: a year, and a month for what comes once a year. */
export const LISTED_DAYS = 400

/** Weekdays and dates fall together in the same way every 28 years. */
const CYCLE_DAYS = 29 * 366

type Keyed = Extract<Formula, { literal: Literal }>

/**
 * Makes a function that compares policies from `at` on. Times are looked through for 400 days; when nothing differs
 * by then, for as long as weekdays and dates take to repeat. A date after that is a reason to be unsure.
 */
export function comparer(at: number) {
  const cached = cache()
  return function compare(before: Policy, after: Policy, differs: Differs, everything: boolean): Comparison {
    const literals = literalsOf([before, after])
    const time = literals.get('time') ?? []
    const near = lookThrough(LISTED_DAYS)
    if (time.length === 0 || near.meetings.length > 0 || near.unsure) return near
    const far = lookThrough(CYCLE_DAYS)
    return far.meetings.length > 0 || far.unsure ? far : { ...far, unsure: later(time, at) }

    function lookThrough(days: number): Comparison {
      const { domains, stretches } = cached(literals, at, at + days * DAY)
      const { meetings, isComplete } = explore(before, after, domains, everything)
      const unsure = isComplete ? undefined : 'its rules are too many to follow in every combination'
      return { meetings: meetings.filter(differs), domains, stretches, unsure }
    }
  }
}

function later(time: readonly Keyed[], at: number): string | undefined {
  const end = new Date(at + CYCLE_DAYS * DAY).getUTCFullYear()
  const schedules = time.flatMap(({ literal }) => ('schedules' in literal ? literal.schedules : []))
  const late = schedules.find((schedule) => lastYear(schedule) >= end)
  return late && `schedule ${late.name} names dates after ${end - 1}`
}

/** Cutting callers and times into cells is the dear part, and many routes ask the same. */
function cache() {
  const domains = new Map<string, Domain>()
  const times = new Map<string, Times>()
  return function cells(
    literals: ReadonlyMap<Literal['asks'], readonly Keyed[]>,
    from: number,
    until: number,
  ) {
    const found = new Map<Literal['asks'], Domain>()
    let stretches: readonly Stretch[] = []
    for (const [asks, asked] of literals) {
      const key = [until, ...asked.map((literal) => literal.key).sort()].join('\n')
      if (asks === 'time') {
        const known = times.get(key) ?? timesOf(asked as never, from, until)
        times.set(key, known)
        found.set(asks, known.domain)
        stretches = known.stretches
      } else {
        const known = domains.get(key) ?? domainOf(asked)
        domains.set(key, known)
        found.set(asks, known)
      }
    }
    return { domains: found, stretches }
  }
}
