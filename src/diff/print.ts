import { count, type Paint } from '../errors/print.js'
import { visibleAll } from '../errors/visible.js'
import type { Replayed } from './replay.js'
import type { DifferenceReport, DiffReport, Routes, When } from './report.js'

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

/** How many of each are written out; the rest is only counted. */
const MOST = { routes: 5, numbers: 6, calls: 4, facts: 12, replayed: 20 }

/** The answer in one line. */
function headline(report: DiffReport): string {
  const { differences, settings, unsure, listedUntil, replay } = report
  if (!report.callsChange) return 'no call changes'
  const counts = [
    ...(differences.length > 0
      ? [`${count(differences.length, 'difference')} for ${count(routesOf(differences), 'route')}`]
      : []),
    ...(settings.length > 0 ? [count(settings.length, 'setting')] : []),
    ...(unsure.length > 0 ? [`${count(unsure.length, 'route')} that may differ`] : []),
    ...(replay ? [`${replay.changed.length} of ${count(replay.calls, 'recorded call')}`] : []),
  ]
  return `calls change: ${counts.join(', ')}; times are listed until ${listedUntil.slice(0, 10)}`
}

/** A route counts once, also under a new name; numbers that no route claims count as one route. */
function routesOf(differences: DiffReport['differences']): number {
  return new Set(differences.flatMap(({ affected }) => affected.map(({ route }) => route.new || route.old)))
    .size
}

/** Of a difference without an example. */
const NO_EXAMPLE = 'may differ: no call was found that shows it'

/** `route berlin`, or `route berlin, now no route`. */
function routeText({ old, new: other }: Routes['route']): string {
  const [from, to] = [old, other].map((name) => (name === '' ? 'no route' : `route ${name}`))
  return from === to ? from! : `${from}, now ${to}`
}

/** The first of the numbers, and how many more there are. */
function numbersText(numbers: readonly string[]): string {
  return shortened(numbers, MOST.numbers, 'number').join(', ')
}

/** `from +1900*; 268 times, first Fri 2026-11-20 17:00-18:00` */
function whenText({ if: conditions, times }: When): string {
  const who = conditions.length > 0 ? conditions.join('; ') : 'every caller'
  if (!times) return `${who}, at any time`
  const { count: number, first, zone } = times
  return `${who}; ${count(number, 'time')} (${zone}): ${first.join(', ')}${number > first.length ? ', …' : ''}`
}

/** The first of them, and how many more there are. */
function shortened(texts: readonly string[], most: number, what: string): string[] {
  if (texts.length <= most) return [...texts]
  return [...texts.slice(0, most), `and ${count(texts.length - most, what)} more`]
}

/** `replayed 3 calls, 2 changed; 1 line skipped without an incoming call` */
function replayText({ calls, skipped, changed }: Replayed): string {
  const passedOver = skipped > 0 ? `; ${count(skipped, 'line')} skipped without an incoming call` : ''
  return `replayed ${count(calls, 'call')}, ${changed.length} changed${passedOver}`
}

/** A comparison as the comment of a pull request. */
export function markdownReport(report: DiffReport): string {
  const { settings, differences, unsure, notes, replay } = report
  const parts = [
    `### dialsip diff: ${plain(headline(report))}`,
    ...settings.map(({ setting, old, new: other, means }) =>
      [`**${plain(setting)}** (${plain(means)})`, '', changeBlock([old], [other])].join('\n'),
    ),
    ...differences.map(differencePart),
    ...unsure.map(
      ({ route, numbers, why }) =>
        `**May differ:** ${plain(routeText(route))}: ${plain(numbersText(numbers))} (${plain(why)})`,
    ),
    ...(notes.length > 0 ? [notes.map((note) => `- no call notices: ${plain(note)}`).join('\n')] : []),
    ...(replay ? [replayPart(replay)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function differencePart(
  { removed, added, affected, example }: DiffReport['differences'][number],
  at: number,
): string {
  const rows = affected.map(
    ({ route, numbers, calls }) =>
      `| ${cell(routeText(route))} | ${cell(numbersText(numbers))} | ${shortened(calls.map(whenText), MOST.calls, 'way').map(cell).join('<br>')} |`,
  )
  const shown = example
    ? [fenced('sh', [example.explain]), '', `Old: ${plain(example.old)}<br>New: ${plain(example.new)}`]
    : [NO_EXAMPLE]
  return [
    `#### ${at + 1}`,
    '',
    changeBlock(removed, added),
    '',
    '| Route | Numbers | Calls |',
    '|---|---|---|',
    ...shortened(rows, MOST.routes, 'route').map((row) => (row.startsWith('|') ? row : `| ${row} | | |`)),
    '',
    ...shown,
  ].join('\n')
}

function changeBlock(removed: readonly string[], added: readonly string[]): string {
  return fenced('diff', [
    ...shortened(
      removed.map((fact) => `- ${fact}`),
      MOST.facts,
      'line',
    ),
    ...shortened(
      added.map((fact) => `+ ${fact}`),
      MOST.facts,
      'line',
    ),
  ])
}

function replayPart(replay: NonNullable<DiffReport['replay']>): string {
  const rows = replay.changed.map(
    ({ from, to, at, old, new: other }) =>
      `| ${cell(from || 'anonymous')} | ${cell(to)} | ${at} | ${cell(old)} | ${cell(other)} |`,
  )
  const head = `**${replayText(replay)}**`
  if (rows.length === 0) return head
  const table = shortened(rows, MOST.replayed, 'call').map((row) =>
    row.startsWith('|') ? row : `| ${row} | | | | |`,
  )
  return [head, '', '| From | To | At | Old | New |', '|---|---|---|---|---|', ...table].join('\n')
}

/** A block whose fence is longer than any row of backticks in it (CommonMark §4.5). */
function fenced(language: string, lines: readonly string[]): string {
  const text = lines.join('\n')
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

/** Text of a config or a caller, never Markdown or HTML. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~@]/g, (mark) => (mark === '<' ? '&lt;' : `\\${mark}`))
}

function cell(text: string): string {
  return plain(text.replaceAll('\n', ' '))
}
