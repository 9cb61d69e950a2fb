import { DateTime } from 'luxon'
import { utcText } from '../schedule/instant.js'
import type { Cell } from './cells.js'
import { type CallSet, type Comparison, type Divergence, LISTED_DAYS } from './comparison.js'
import type { Affected, Compared, ConfigPair, Difference } from './diff.js'
import { explainExample, findExample, type ShownExample } from './example.js'
import { factsOf, HIDDEN, lineChanges, summaryOf } from './facts.js'
import { briefs } from './first-difference.js'
import { literalText, type TimelessLiteral } from './formula.js'
import type { Replayed } from './replay.js'
import { type Found, matchedValue, numberTexts } from './route-pairs.js'
import type { SettingChange } from './settings.js'
import type { Stretch, TimeLiteral } from './times.js'

/** What `dialsip diff --json` prints. Stable: keys are added, never renamed; secrets are masked. */
export interface DiffReport {
  readonly old: ConfigName
  readonly new: ConfigName
  /** Whether a call from `at` on is, or may be, treated differently. */
  readonly callsChange: boolean
  /** Times are compared from here on, and listed up to `listedUntil`. ISO 8601. */
  readonly at: string
  readonly listedUntil: string
  readonly settings: readonly SettingChange[]
  readonly differences: readonly DifferenceReport[]
  /** Calls that may be treated differently, and why that could not be found out. */
  readonly unsure: readonly (Routes & { readonly numbers: readonly string[]; readonly why: string })[]
  readonly notes: readonly string[]
  readonly replay?: Replayed
}

interface ConfigName {
  readonly file: string
  readonly revision: string
}

/** The routes of some numbers. */
export interface Routes {
  /** Names of the route in each config; empty where none claims the numbers. */
  readonly route: { readonly old: string; readonly new: string }
}

interface ChangeReport {
  /** What is no longer done and what is done instead, a fact a line; a summary each if they have nothing in common. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

export interface DifferenceReport extends ChangeReport {
  readonly affected: readonly (Routes & {
    readonly numbers: readonly string[]
    readonly calls: readonly When[]
  })[]
  /** One call that shows it; missing if none was found, for example when only `maxCalls` differs. */
  readonly example?: ExampleReport
}

interface ExampleReport {
  readonly to: string
  readonly from: string
  readonly at: string
  readonly params: Readonly<Record<string, string>>
  readonly outcomes: ShownExample['difference']['outcomes']
  readonly old: string
  readonly new: string
  /** The command that explains it with the new config. */
  readonly explain: string
}

/** The names of the config files, as they were given. */
interface FileNames {
  readonly old: string
  readonly new: string
}

/** The report of a comparison, with an example for each difference. */
export function reportOf(
  configs: ConfigPair,
  files: FileNames,
  compared: Compared,
  replay?: Replayed,
): DiffReport {
  const { settings, differences, unsure, notes, at } = compared
  const changed = (replay?.changed.length ?? 0) > 0
  return {
    old: { file: files.old, revision: configs.old.revision },
    new: { file: files.new, revision: configs.new.revision },
    callsChange: settings.length + differences.length + unsure.length > 0 || changed,
    at: utcText(at),
    listedUntil: utcText(at + LISTED_DAYS * 86_400_000),
    settings,
    differences: differences.map((difference) => differenceReport(configs, files, difference, at)),
    unsure: unsure.map(({ pair, why }) => ({ route: routeOf(pair), numbers: numberTexts(pair.cells), why })),
    notes,
    ...(replay && { replay }),
  }
}

function differenceReport(
  configs: ConfigPair,
  files: FileNames,
  difference: Difference,
  at: number,
): DifferenceReport {
  const { affected } = difference
  const shown = findExample(configs, affected, at)
  return {
    ...changesOf(difference),
    affected: affected.map(({ pair, divergences, comparison }) => ({
      route: routeOf(pair),
      numbers: numberTexts(pair.cells),
      calls: divergences.map((divergence) => whenOf(divergence, comparison)),
    })),
    ...(shown && { example: exampleReport(shown, files) }),
  }
}

function routeOf({ old, new: other }: Affected['pair']): Routes['route'] {
  return { old, new: other }
}

function changesOf({ old, new: other, values, affected }: Difference): ChangeReport {
  const facts = [factsOf(old.actions), factsOf(other.actions)] as const
  const { removed, added } = lineChanges(...facts)
  const cell = affected[0]!.pair.cells[0]!
  const given = (match: Found) =>
    values.map((name) => `{{${name}}} is ${valueText(matchedValue(match, name))}`)
  if (values.length > 0)
    return { removed: [...removed, ...given(cell.old)], added: [...added, ...given(cell.new)] }
  if (removed.length + added.length === 0) return { removed: [HIDDEN], added: [HIDDEN] }
  const isOther = removed.length === facts[0].length && added.length === facts[1].length
  return isOther
    ? { removed: [summaryOf(old.actions)], added: [summaryOf(other.actions)] }
    : { removed, added }
}

function valueText(value: string | undefined): string {
  return value === undefined ? 'what Twilio says' : JSON.stringify(value)
}

function exampleReport(shown: ShownExample, files: FileNames): ExampleReport {
  const { to, from, now, params, difference } = shown
  const [old, other] = briefs(difference.old, difference.new)
  return {
    to,
    from,
    at: utcText(now),
    params,
    outcomes: difference.outcomes,
    old,
    new: other,
    explain: explainExample(shown, files.new),
  }
}

/** Which calls to a number notice a difference. */
export interface When {
  /** Conditions in the words of the configs, which all hold; empty: every caller. */
  readonly if: readonly string[]
  /** Missing: at any time. */
  readonly times?: {
    readonly zone: string
    /** How many stretches of time there are until `listedUntil`. */
    readonly count: number
    /** The first of them, in the time zone. */
    readonly first: readonly string[]
  }
}

/** How many times are written out. */
const MOST_TIMES = 3

/** The callers and the times of a divergence. */
function whenOf({ calls }: Divergence, { domains, stretches }: Comparison): When {
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

type Cut = CallSet['cuts'][number]

/** The cuts that are needed to say which callers: none of time, and none that follows from the others. */
function needed({ cuts }: CallSet, domains: Comparison['domains']): Cut[] {
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

/** Joins stretches that follow each other. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const stretch of stretches) {
    const last = all.at(-1)
    if (last?.until === stretch.from) all[all.length - 1] = { ...last, until: stretch.until }
    else all.push(stretch)
  }
  return all
}

/** `Fri 2026-12-25 09:00-18:00`; with the day of the end if that is another one. */
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
