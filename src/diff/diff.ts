import type { Config } from '../model/config.js'
import { withoutPasswords } from '../sip/passwords.js'
import { type Comparison, comparer, type Divergence } from './comparison.js'
import { type Behaviour, behavioursOf, type Policy, policies } from './policy.js'
import { type RoutePair, routePairs } from './route-pairs.js'
import { type SettingChange, settingChanges } from './settings.js'

/*
 * How two configs are compared: by a product of partitions.
 *
 * Trying every call is impossible: there are 10^15 numbers and as many callers, at any time. But a config asks few
 * things of a call, and each question has few answers. The values that no question tells apart are one cell, and one
 * value of a cell is taken for all of them.
 *
 * 1. Called numbers (`route-pairs.ts`). All numbers are cut wherever a pattern of either config begins or ends, be it of
 *    a route or of a `to` under `if`. Each cell belongs to one route of the old config and to one of the new, and each
 *    `to` holds for all of it or for none. Cells with the same two routes, for which the same `to` hold, are one
 *    `RoutePair`, and only the rules of these two routes are left to compare.
 * 2. Rules (`policy.ts`, `formula.ts`). A condition becomes a formula of literals. A literal asks one thing of a call:
 *    its caller, country, attestation, time, a parameter. Keys are made from what a condition means and not from how
 *    it is written, so that equal keys mean the same: `restKeys` of equal text end a comparison early, and for most
 *    routes that is at once.
 * 3. Partitions (`cells.ts`, `times.ts`). For each thing asked, all values are cut into cells in which every literal
 *    of both routes holds for all or for none. Times are cut where a schedule opens or closes.
 * 4. The product (`comparison.ts`). A `CallSet` is a box in the product of the partitions: for each thing asked, the
 *    cells that are left. Both lists of rules are followed at once. A literal that holds for some of the box only cuts
 *    it in two. Where both configs have decided, the box is a `Divergence`: these calls, this old behaviour, this new
 *    one. Boxes are cut only when a rule asks, so their number is near that of the rules and not that of the product.
 * 5. Behaviour (`behaviour.ts`). What actions do, to the end of every failover, has a key in which names do not count.
 *    A divergence with equal keys is no difference, unless templates are filled with other values.
 * 6. Proof (`example.ts`, `first-difference.ts`). One call is taken from the box and decided by the functions that the
 *    server uses, through all outcomes of its hops, up to the first decision that a caller or an endpoint notices.
 *
 * What is promised: a call from `at` on that is treated differently is in `settings`, `differences` or `unsure`. The
 * reverse is not: the things asked count as independent, so a box may hold no call that exists (country DE, caller
 * +1…). Such a difference has no example, and is reported all the same.
 */

/** The two configs that are compared. */
export interface ConfigPair {
  readonly old: Config
  readonly new: Config
}

/** What changes for calls from one config to another. If the first three are empty, no call changes. */
export interface Compared {
  readonly settings: readonly SettingChange[]
  readonly differences: readonly Difference[]
  readonly unsure: readonly Unsure[]
  /** Changes that no call notices, such as another name. */
  readonly notes: readonly string[]
  /** Times are compared from here on, epoch milliseconds. */
  readonly at: number
}

/** One behaviour that becomes another, with all the calls that notice. */
export interface Difference {
  readonly old: Behaviour
  readonly new: Behaviour
  /** Template names that have other values in the new config, by the claim that wins. */
  readonly values: readonly string[]
  readonly affected: readonly Affected[]
}

/** The numbers of one pair of routes, and the calls to them that notice. */
export interface Affected {
  readonly pair: RoutePair
  readonly divergences: readonly Divergence[]
  readonly comparison: Comparison
}

/** Two routes whose calls may change; `why` says what kept us from finding out. */
export interface Unsure {
  readonly pair: RoutePair
  readonly why: string
}

/** Compares two configs by what callers and endpoints notice of calls from `at` on (epoch milliseconds). */
export function diffConfigs(configs: ConfigPair, at: number): Compared {
  const before = { config: configs.old, policyOf: policies(configs.old) }
  const after = { config: configs.new, policyOf: policies(configs.new) }
  const pairs = routePairs(before, after)
  const compare = comparer(at)
  const differences = new Map<string, OpenDifference>()
  const unsure: Unsure[] = []
  for (const pair of pairs) {
    const policy = [before.policyOf(pair.old), after.policyOf(pair.new)] as const
    const comparison = compare(
      ...policy,
      pair.called,
      (divergence) => differs(divergence, pair),
      pair.values.length > 0,
    )
    if (comparison.unsure) unsure.push({ pair, why: comparison.unsure })
    for (const divergences of grouped(comparison.divergences)) add(pair, divergences, comparison)
  }
  return {
    settings: settingChanges(configs.old, configs.new),
    differences: [...differences.values()].map((one) => ({ ...one, affected: [...one.affected.values()] })),
    unsure,
    notes: notesOf(pairs, before, after),
    at,
  }

  function add(pair: RoutePair, divergences: readonly Divergence[], comparison: Comparison): void {
    const { old, new: other } = divergences[0]!
    const values = old.key === other.key ? pair.values.filter((name) => old.uses.has(name)) : []
    const key = JSON.stringify([old.key, other.key, values])
    const difference = differences.get(key) ?? { old, new: other, values, affected: new Map() }
    const routes = JSON.stringify([pair.old, pair.new, [...pair.called]])
    const cells = [...(difference.affected.get(routes)?.pair.cells ?? []), ...pair.cells]
    difference.affected.set(routes, { pair: { ...pair, cells }, divergences, comparison })
    differences.set(key, difference)
  }
}

/** A difference that more routes are still added to. */
interface OpenDifference extends Omit<Difference, 'affected'> {
  /** By the names of the routes, and what their rules say of who is called. */
  readonly affected: Map<string, Affected>
}

/** Whether the behaviours differ, or one behaviour is filled with other values. */
function differs({ old, new: other }: Divergence, { values }: RoutePair): boolean {
  return old.key !== other.key || values.some((name) => old.uses.has(name))
}

/** Divergences between the same two behaviours, together. */
function grouped(divergences: readonly Divergence[]): Divergence[][] {
  const groups = new Map<string, Divergence[]>()
  for (const divergence of divergences) {
    const key = JSON.stringify([divergence.old.key, divergence.new.key])
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(divergence)
  }
  return [...groups.values()]
}

/** A config, and what each of its routes does. */
interface PolicySource {
  readonly config: Config
  readonly policyOf: (route: string) => Policy
}

/** New names that no call notices: of routes that treat their calls the same, and of their endpoints. */
function notesOf(pairs: readonly RoutePair[], before: PolicySource, after: PolicySource): string[] {
  const routes = new Set<string>()
  const endpoints = new Set<string>()
  for (const pair of pairs) {
    const [old, other] = [before.policyOf(pair.old), after.policyOf(pair.new)]
    if (old.restKeys[0] !== other.restKeys[0]) continue
    if (isRenamed(pair.old, pair.new, before.config.routes, after.config.routes))
      routes.add(`route ${pair.old} is now called ${pair.new}`)
    for (const [name, name2] of endpointsOf(old, other)) {
      if (name !== name2)
        endpoints.add(
          withoutPasswords(`endpoint ${name} is now called ${name2}; its health starts as unknown`),
        )
    }
  }
  return [...routes, ...endpoints]
}

function isRenamed(
  old: string,
  other: string,
  before: ReadonlyMap<string, unknown>,
  after: typeof before,
): boolean {
  return before.has(old) && after.has(other) && !after.has(old) && !before.has(other)
}

/** Pairs of names of the same endpoint: equal behaviours ring as many endpoints, in the same order. */
function endpointsOf(old: Policy, other: Policy): [string, string][] {
  const others = new Map(behavioursOf(other).map((behaviour) => [behaviour.key, behaviour.endpoints]))
  return behavioursOf(old).flatMap(({ key, endpoints }) =>
    endpoints.map((name, place): [string, string] => [name, others.get(key)![place]!]),
  )
}
