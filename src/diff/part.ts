import type { Domain } from './domain.js'
import type { Formula, Keyed, Literal } from './formula.js'

/** Some of all calls: by what literals ask, the places of the cells that are left. */
export interface Space {
  readonly cells: ReadonlyMap<Literal['asks'], readonly number[]>
  /** The literals that cut it, and whether they hold. */
  readonly cuts: readonly (Keyed & { readonly holds: boolean })[]
}

/** Those of some calls for which conditions hold, or do not. */
export interface DiffBranch {
  readonly holds: boolean
  readonly calls: Space
}

/** Makes what parts calls into those for which all of the conditions hold, and the rest, as coarsely as it can be done. */
export function parter(domains: ReadonlyMap<Literal['asks'], Domain>) {
  return part

  function* part(all: readonly Formula[], calls: Space): Generator<DiffBranch> {
    const [formula, ...others] = all
    if (!formula) {
      yield { holds: true, calls }
      return
    }
    for (const branch of partBy(formula, calls)) {
      if (branch.holds) yield* part(others, branch.calls)
      else yield branch
    }
  }

  function* partBy(formula: Formula, calls: Space): Generator<DiffBranch> {
    if ('literal' in formula) yield* cut(formula, calls)
    else for (const branch of part(formula.not, calls)) yield { ...branch, holds: !branch.holds }
  }

  function* cut({ key, literal }: Keyed, calls: Space): Generator<DiffBranch> {
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
