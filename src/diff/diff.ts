import type { Behaviour } from './behaviour.js'
import { type Comparison, comparer } from './compare.js'
import type { Divergence } from './explore.js'
import { notesOf } from './notes.js'
import { type Pair, pairsOf } from './pairs.js'
import { policies } from './policy.js'
import { type SettingChange, settingChanges } from './settings.js'
import type { ConfigPair } from './show.js'

/** Everything that calls notice of a change from one config to another. */
export interface Diff {
  readonly settings: readonly SettingChange[]
  readonly differences: readonly Difference[]
  /** What changed without any call noticing, such as names. */
  readonly notes: readonly string[]
  /** From when on times were looked through, epoch milliseconds. */
  readonly at: number
}

/** One change of what is done, with all the calls to which it is done. */
export interface Difference {
  readonly old: Behaviour
  readonly new: Behaviour
  /** Names of template values that the matched claims give differently. */
  readonly values: readonly string[]
  readonly affected: readonly Affected[]
}

/** Called addresses of one pair of routes, and who of their callers notices, and when. */
export interface Affected {
  readonly pair: Pair
  readonly meetings: readonly Divergence[]
  readonly comparison: Comparison
}

/** Routes of which it could not be ruled out that calls change. */
export interface Unsure {
  readonly pair: Pair
  readonly why: string
}

export interface Compared extends Diff {
  readonly unsure: readonly Unsure[]
}

/**
 * Compares two configs by what callers and endpoints notice. Sound: when a call from `at` on would be treated
 * differently, that is in `settings`, `differences` or `unsure`. All three empty: no call changes.
 */
export function diffConfigs(both: ConfigPair, at: number): Compared {
  const before = { config: both.old, policyOf: policies(both.old) }
  const after = { config: both.new, policyOf: policies(both.new) }
  const pairs = pairsOf(before, after)
  const compare = comparer(at)
  const differences = new Map<string, Gathered>()
  const unsure: Unsure[] = []
  for (const pair of pairs) {
    const policy = [before.policyOf(pair.old), after.policyOf(pair.new)] as const
    const comparison = compare(...policy, (meeting) => differs(meeting, pair), pair.values.length > 0)
    if (comparison.unsure) unsure.push({ pair, why: comparison.unsure })
    for (const meetings of grouped(comparison.meetings)) add(pair, meetings, comparison)
  }
  return {
    settings: settingChanges(both.old, both.new),
    differences: [...differences.values()].map((one) => ({ ...one, affected: [...one.affected.values()] })),
    unsure,
    notes: notesOf(pairs, before, after),
    at,
  }

  function add(pair: Pair, meetings: readonly Divergence[], comparison: Comparison): void {
    const { old, new: other } = meetings[0]!
    const values = old.key === other.key ? pair.values.filter((name) => old.uses.has(name)) : []
    const key = JSON.stringify([old.key, other.key, values])
    const difference = differences.get(key) ?? { old, new: other, values, affected: new Map() }
    const routes = JSON.stringify([pair.old, pair.new])
    const cells = [...(difference.affected.get(routes)?.pair.cells ?? []), ...pair.cells]
    difference.affected.set(routes, { pair: { ...pair, cells }, meetings, comparison })
    differences.set(key, difference)
  }
}

interface Gathered extends Omit<Difference, 'affected'> {
  /** By the names of the routes. */
  readonly affected: Map<string, Affected>
}

/** The same is done, unless it is done with other values. */
function differs({ old, new: other }: Divergence, { values }: Pair): boolean {
  return old.key !== other.key || values.some((name) => old.uses.has(name))
}

/** Meetings of the same two behaviours together. */
function grouped(meetings: readonly Divergence[]): Divergence[][] {
  const groups = new Map<string, Divergence[]>()
  for (const meeting of meetings) {
    const key = JSON.stringify([meeting.old.key, meeting.new.key])
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(meeting)
  }
  return [...groups.values()]
}
