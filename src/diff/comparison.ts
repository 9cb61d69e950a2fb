import type { Domain } from './cells.js'
import type { Formula, Keyed, Literal } from './formula.js'
import { type Behaviour, literalsOf, type Policy, type PolicyRule } from './policy.js'
import { anyCombination, type Cells, cellCutter, lastYear, type TimeLiteral } from './times.js'

/** What changes for the calls of one route of the old config under one of the new. */
export interface Comparison extends Cells {
  /** The calls that are treated differently. */
  readonly divergences: readonly Divergence[]
  /** Why there may be more differences; undefined if there are none. */
  readonly unsure: string | undefined
}

/** Whether a caller or an endpoint notices, given the values that templates are filled with. */
type Differs = (divergence: Divergence) => boolean

const DAY = 86_400_000

/** How far ahead times are listed: a year, and a month for what comes once a year. */
export const LISTED_DAYS = 400

/** Dates fall on the same weekdays again after 28 years. */
const CYCLE_DAYS = 29 * 366

const SAME: Comparison = { divergences: [], domains: new Map(), stretches: [], unsure: undefined }

/**
 * Makes a function that compares two policies from `at` on. Schedules are followed for 400 days; if nothing differs by
 * then, for 29 years, until weekdays and dates repeat. A schedule with a later date makes the result unsure. With
 * `everything`, rules that are the same in both are followed too: templates may be filled with other values. `called`
 * are the literals that hold for who is called: there is one cell of them, see `route-pairs.ts`.
 */
export function comparer(at: number) {
  const cut = cellCutter(at)
  return function compare(
    before: Policy,
    after: Policy,
    called: ReadonlySet<string>,
    differs: Differs,
    everything: boolean,
  ): Comparison {
    if (!everything && before.restKeys[0] === after.restKeys[0]) return SAME
    const literals = literalsOf([before, after])
    literals.delete('to')
    const near = compareIn(cut(literals, at + LISTED_DAYS * DAY))
    const time = literals.get('time')
    if (!time || near.divergences.length > 0 || near.unsure || !mayDifferLater(near, time)) return near
    const far = compareIn(cut(literals, at + CYCLE_DAYS * DAY))
    return far.divergences.length > 0 ? far : { ...far, unsure: dateTooLate(time, at) }

    function compareIn(cells: Cells): Comparison {
      const domains = new Map(cells.domains).set('to', [{ value: '', holds: called }])
      const { divergences, isComplete } = explore(before, after, domains, everything)
      const unsure = isComplete ? undefined : 'its rules are too many to follow in every combination'
      return { ...cells, domains, divergences: divergences.filter(differs), unsure }
    }

    function mayDifferLater(cells: Cells, asked: readonly Keyed[]): boolean {
      const ever = anyCombination(cells, asked)
      return !ever || compareIn(ever).divergences.length > 0
    }
  }
}

function dateTooLate(time: readonly Keyed[], at: number): string | undefined {
  const end = new Date(at + CYCLE_DAYS * DAY).getUTCFullYear()
  const schedules = time.flatMap(({ literal }) => (literal as TimeLiteral).schedules)
  const named = schedules.find((schedule) => lastYear(schedule) >= end)
  return named && `schedule ${named.name} names dates after ${end - 1}`
}

/** Calls that get one behaviour from the old config and one from the new; the same, if only values differ. */
export interface Divergence {
  readonly old: Behaviour
  readonly new: Behaviour
  readonly calls: CallSet
}

interface Exploration {
  readonly divergences: readonly Divergence[]
  /** False if there were too many pairs of rules to follow all of them. */
  readonly isComplete: boolean
}

/** How many pairs of rules are followed. Rules that all ask one thing need as many as there are rules; others more. */
const MOST_STEPS = 20_000

/** A place in both lists of rules, and the calls that get there. */
interface Position {
  readonly old: number
  readonly new: number
  readonly calls: CallSet
  /** The behaviour that the old config has chosen; only the new one is followed then. */
  readonly decided?: Behaviour
}

/**
 * Follows both policies through their rules at once, and cuts the calls in two wherever a condition holds for some of
 * them only. It is exact with two exceptions: the things asked count as independent, so a divergence may hold no call
 * that exists; and it gives up after `MOST_STEPS`.
 */
function explore(
  before: Policy,
  after: Policy,
  domains: ReadonlyMap<Literal['asks'], Domain>,
  everything: boolean,
): Exploration {
  const cells = new Map([...domains].map(([asks, domain]) => [asks, domain.map((_cell, at) => at)]))
  const positions: Position[] = [{ old: 0, new: 0, calls: { cells, cuts: [] } }]
  const divergences: Divergence[] = []
  const split = splitter(domains)
  let steps = 0
  for (let position = positions.pop(); position; position = positions.pop()) {
    steps += 1
    if (steps > MOST_STEPS) return { divergences, isComplete: false }
    positions.push(...next(position))
  }
  return { divergences, isComplete: true }

  function next(position: Position): Position[] {
    const { old, new: there, calls, decided } = position
    if (!decided && !everything && before.restKeys[old] === after.restKeys[there]) return []
    const rule = decided ? undefined : before.rules[old]
    const other = after.rules[there]
    if (rule && rule.key === other?.key) return sameRule(position, rule, other.behaviour)
    if (rule) return oldOnly(position, rule)
    const first = decided ?? before.byDefault
    if (!other) return diverge(first, after.byDefault, calls)
    return [...split(other.conditions, calls)]
      .reverse()
      .flatMap((branch) =>
        branch.holds
          ? diverge(first, other.behaviour, branch.calls)
          : { old, new: there + 1, calls: branch.calls, decided: first },
      )
  }

  function sameRule({ old, new: there, calls }: Position, rule: PolicyRule, other: Behaviour): Position[] {
    return [...split(rule.conditions, calls)].flatMap((branch) =>
      branch.holds
        ? diverge(rule.behaviour, other, branch.calls)
        : { old: old + 1, new: there + 1, calls: branch.calls },
    )
  }

  function oldOnly({ old, new: there, calls }: Position, rule: PolicyRule): Position[] {
    return [...split(rule.conditions, calls)].map((branch) =>
      branch.holds
        ? { old, new: there, calls: branch.calls, decided: rule.behaviour }
        : { old: old + 1, new: there, calls: branch.calls },
    )
  }

  function diverge(old: Behaviour, other: Behaviour, calls: CallSet): Position[] {
    divergences.push({ old, new: other, calls })
    return []
  }
}

/** A box in the product of the partitions: for each thing asked, the cells that are left, by their index. */
export interface CallSet {
  readonly cells: ReadonlyMap<Literal['asks'], readonly number[]>
  /** The literals that cut the box, and whether they hold in it. */
  readonly cuts: readonly (Keyed & { readonly holds: boolean })[]
}

/** The part of some calls for which conditions hold, or do not. */
interface Branch {
  readonly holds: boolean
  readonly calls: CallSet
}

/** Makes a function that splits calls into those for which all conditions hold and the rest, in as few boxes as it can. */
function splitter(domains: ReadonlyMap<Literal['asks'], Domain>) {
  return split

  function* split(all: readonly Formula[], calls: CallSet): Generator<Branch> {
    const [formula, ...others] = all
    if (!formula) {
      yield { holds: true, calls }
      return
    }
    for (const branch of splitBy(formula, calls)) {
      if (branch.holds) yield* split(others, branch.calls)
      else yield branch
    }
  }

  function* splitBy(formula: Formula, calls: CallSet): Generator<Branch> {
    if ('literal' in formula) yield* cut(formula, calls)
    else for (const branch of split(formula.not, calls)) yield { ...branch, holds: !branch.holds }
  }

  function* cut({ key, literal }: Keyed, calls: CallSet): Generator<Branch> {
    const domain = domains.get(literal.asks)!
    const left = calls.cells.get(literal.asks)!
    for (const holds of [true, false]) {
      const kept = left.filter((cell) => domain[cell]!.holds.has(key) === holds)
      if (kept.length === left.length) yield { holds, calls }
      else if (kept.length > 0)
        yield {
          holds,
          calls: {
            cells: new Map(calls.cells).set(literal.asks, kept),
            cuts: [...calls.cuts, { key, literal, holds }],
          },
        }
    }
  }
}
