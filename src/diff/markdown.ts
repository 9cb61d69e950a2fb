import {
  headline,
  MOST,
  NO_EXAMPLE,
  numbersText,
  replayText,
  routeText,
  shortened,
  whenText,
} from './print.js'
import type { DiffReport } from './report.js'

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
