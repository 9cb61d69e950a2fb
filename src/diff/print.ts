import type { Paint } from '../errors/print.js'
import { visibleAll } from '../errors/visible.js'
import type { DiffReport } from './report.js'
import {
  headline,
  MOST,
  NO_EXAMPLE,
  numbersText,
  replayText,
  routeText,
  shortened,
  whenText,
} from './words.js'

type DifferenceReport = DiffReport['differences'][number]
type AffectedReport = DifferenceReport['affected'][number]

/** A comparison for people at a terminal. */
export function printReport(given: DiffReport, paint: Paint): string {
  const report = visibleAll(given)
  const { settings, differences, unsure, notes, replay } = report
  const parts = [
    paint('bold', headline(report)),
    ...settings.map(({ setting, old, new: other, means }) =>
      [`${paint('bold', setting)} (${means})`, ...change([old], [other], paint)].join('\n'),
    ),
    ...differences.map((difference, at) => printDifference(difference, at + 1, paint)),
    ...unsure.map(
      (one) =>
        `${paint('yellow', 'may differ')} ${routeText(one.route)}: ${numbersText(one.numbers)}\n  ${one.why}`,
    ),
    ...notes.map((note) => `${paint('dim', 'no call notices')} ${note}`),
    ...(replay ? [printReplay(replay, paint)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function printDifference(
  { removed, added, affected, example }: DifferenceReport,
  number: number,
  paint: Paint,
) {
  const lines = [
    ...change(removed, added, paint),
    ...shortened(affected.map(affectedLines), MOST.routes, 'route').flat(),
    ...(example
      ? [
          `${paint('cyan', 'example')} ${example.explain}`,
          `  ${paint('cyan', 'old')} ${example.old}`,
          `  ${paint('cyan', 'new')} ${example.new}`,
        ]
      : [NO_EXAMPLE]),
  ]
  const [first, ...rest] = lines.map((line) => `   ${line}`)
  return [`${`${number}.`.padEnd(3)}${first!.slice(3)}`, ...rest].join('\n')
}

function change(removed: readonly string[], added: readonly string[], paint: Paint): string[] {
  return [
    ...shortened(
      removed.map((fact) => paint('red', `- ${fact}`)),
      MOST.facts,
      'line',
    ),
    ...shortened(
      added.map((fact) => paint('cyan', `+ ${fact}`)),
      MOST.facts,
      'line',
    ),
  ]
}

function affectedLines({ route, numbers, calls }: AffectedReport): string {
  const whose = `${routeText(route)}: ${numbersText(numbers)}`
  return [
    whose,
    ...shortened(
      calls.map((when) => `  ${whenText(when)}`),
      MOST.calls,
      'way',
    ),
  ].join('\n   ')
}

function printReplay(replay: NonNullable<DiffReport['replay']>, paint: Paint): string {
  const lines = replay.changed.map(
    ({ callSid, to, from, at, old, new: other }) =>
      `${callSid} ${from || 'anonymous'} → ${to} at ${at}\n  ${paint('red', `- ${old}`)}\n  ${paint('cyan', `+ ${other}`)}`,
  )
  return [paint('bold', replayText(replay)), ...shortened(lines, MOST.replayed, 'call')].join('\n')
}
