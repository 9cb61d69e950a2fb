import type { Behaviour } from './behaviour.js'
import type { Domain } from './domain.js'
import type { Literal } from './formula.js'
import { parter, type Space } from './part.js'
import type { Policy, PolicyRule } from './policy.js'

/** The calls that come to one behaviour in the old config and to one in the new. */
export interface Divergence {
  readonly old: Behaviour
  readonly new: Behaviour
  readonly calls: Space
}

export interface Exploration {
  readonly meetings: readonly Divergence[]
  /** False if there were too many ways to follow all of them. */
  readonly isComplete: boolean
}

/** How many pairs of rules are looked at. Rules on one thing take as many as there are rules; unrelated ones more. */
const MOST_STEPS = 20_000

interface Place {
  readonly old: number
  readonly new: number
  readonly calls: Space
  /** Where the old config has decided already. */
  readonly decided?: Behaviour
}

/**
 * Follows both policies through their rules at once, parting the calls wherever a condition holds for some of
 * them only. Exact but for two things: what literals ask is taken to be independent, so that a meeting may have
 * no call that there can be; and it gives up after a while. With `everything`, equal rests are followed as well.
 */
export function explore(
  before: Policy,
  after: Policy,
  domains: ReadonlyMap<Literal['asks'], Domain>,
  everything: boolean,
): Exploration {
  const cells = new Map([...domains].map(([asks, domain]) => [asks, domain.map((_cell, at) => at)]))
  const places: Place[] = [{ old: 0, new: 0, calls: { cells, cuts: [] } }]
  const meetings: Divergence[] = []
  const part = parter(domains)
  let steps = 0
  for (let place = places.pop(); place; place = places.pop()) {
    steps += 1
    if (steps > MOST_STEPS) return { meetings, isComplete: false }
    places.push(...next(place))
  }
  return { meetings, isComplete: true }

  function next(place: Place): Place[] {
    const { old, new: there, calls, decided } = place
    if (!decided && !everything && before.rests[old] === after.rests[there]) return []
    const rule = decided ? undefined : before.rules[old]
    const other = after.rules[there]
    if (rule && rule.key === other?.key) return both(place, rule, other.behaviour)
    if (rule) return oldOnly(place, rule)
    const first = decided ?? before.byDefault
    if (!other) return meet(first, after.byDefault, calls)
    return [...part(other.conditions, calls)]
      .reverse()
      .flatMap((branch) =>
        branch.holds
          ? meet(first, other.behaviour, branch.calls)
          : { old, new: there + 1, calls: branch.calls, decided: first },
      )
  }

  function both({ old, new: there, calls }: Place, rule: PolicyRule, other: Behaviour): Place[] {
    return [...part(rule.conditions, calls)].flatMap((branch) =>
      branch.holds
        ? meet(rule.behaviour, other, branch.calls)
        : { old: old + 1, new: there + 1, calls: branch.calls },
    )
  }

  function oldOnly({ old, new: there, calls }: Place, rule: PolicyRule): Place[] {
    return [...part(rule.conditions, calls)].map((branch) =>
      branch.holds
        ? { old, new: there, calls: branch.calls, decided: rule.behaviour }
        : { old: old + 1, new: there, calls: branch.calls },
    )
  }

  function meet(old: Behaviour, other: Behaviour, calls: Space): Place[] {
    meetings.push({ old, new: other, calls })
    return []
  }
}
