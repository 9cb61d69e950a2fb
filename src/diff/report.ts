import { briefs } from './brief.js'
import { type Found, placesOf } from './called.js'
import { LISTED_DAYS } from './compare.js'
import type { Affected, Compared, Difference } from './diff.js'
import { explainExample, instantText, type Shown } from './example.js'
import { factsOf, HIDDEN, summaryOf } from './facts.js'
import { findExample } from './find-example.js'
import { lineChanges } from './line-diff.js'
import { matchedValue } from './pairs.js'
import type { Replayed } from './replay.js'
import type { SettingChange } from './settings.js'
import type { ConfigPair } from './show.js'
import { type When, whenOf } from './when.js'

/** What `dialsip diff --json` prints. Stable: keys are added, never renamed; secrets are masked. */
export interface DiffReport {
  readonly old: ConfigName
  readonly new: ConfigName
  /** Whether a call from `at` on is treated differently, or may be. */
  readonly callsChange: boolean
  /** Times are looked through from here on, and listed up to `listedUntil`. ISO 8601. */
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

/** Whose numbers they are. */
export interface Routes {
  /** Names of the route in each config; empty where none claims the numbers. */
  readonly route: { readonly old: string; readonly new: string }
}

interface ChangeReport {
  /** What is done no longer, and what instead: a fact each, or a line for the whole if they have nothing in common. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

interface DifferenceReport extends ChangeReport {
  readonly affected: readonly (Routes & {
    readonly numbers: readonly string[]
    readonly calls: readonly When[]
  })[]
  /** One call that shows it; missing if none was found, as when only a limit on calls at once differs. */
  readonly example?: ExampleReport
}

interface ExampleReport {
  readonly to: string
  readonly from: string
  readonly at: string
  readonly params: Readonly<Record<string, string>>
  readonly outcomes: Shown['parting']['outcomes']
  readonly old: string
  readonly new: string
  /** The command that explains it by the new config. */
  readonly explain: string
}

/** The names under which the configs were asked for. */
export interface Files {
  readonly old: string
  readonly new: string
}

/** Writes out a comparison, with a call for each difference. */
export function reportOf(both: ConfigPair, files: Files, compared: Compared, replay?: Replayed): DiffReport {
  const { settings, differences, unsure, notes, at } = compared
  const changed = (replay?.changed.length ?? 0) > 0
  return {
    old: { file: files.old, revision: both.old.revision },
    new: { file: files.new, revision: both.new.revision },
    callsChange: settings.length + differences.length + unsure.length > 0 || changed,
    at: instantText(at),
    listedUntil: instantText(at + LISTED_DAYS * 86_400_000),
    settings,
    differences: differences.map((difference) => differenceReport(both, files, difference, at)),
    unsure: unsure.map(({ pair, why }) => ({ route: routeOf(pair), numbers: placesOf(pair.cells), why })),
    notes,
    ...(replay && { replay }),
  }
}

function differenceReport(
  both: ConfigPair,
  files: Files,
  difference: Difference,
  at: number,
): DifferenceReport {
  const { affected } = difference
  const shown = findExample(both, affected, at)
  return {
    ...changesOf(difference),
    affected: affected.map(({ pair, meetings, comparison }) => ({
      route: routeOf(pair),
      numbers: placesOf(pair.cells),
      calls: meetings.map((meeting) => whenOf(meeting, comparison)),
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

function exampleReport(shown: Shown, files: Files): ExampleReport {
  const { to, from, now, params, parting } = shown
  const [old, other] = briefs(parting.old, parting.new)
  return {
    to,
    from,
    at: instantText(now),
    params,
    outcomes: parting.outcomes,
    old,
    new: other,
    explain: explainExample(shown, files.new),
  }
}
