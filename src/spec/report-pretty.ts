import type { Paint } from '../errors/print.js'
import { printExplanation } from '../explain/print.js'
import type { Coverage } from './coverage.js'
import { hasFailed, type SpecResult } from './run.js'
import type { CaseResult } from './run-case.js'

/** How many names of what no case reached are listed for each kind. */
const MOST_LISTED = 20

/** The report for people: a line a case, failures with the explanation, then the coverage. */
export function reportPretty({ cases, failed, coverage }: SpecResult, paint: Paint): string {
  const lines = cases.map((result) => caseText(result, paint))
  const passed = cases.length - failed
  const count = `${passed} passed, ${failed} failed`
  return [
    ...lines,
    '',
    ...coverageLines(coverage, paint),
    '',
    paint(failed > 0 ? 'red' : 'bold', count),
    '',
  ].join('\n')
}

function caseText(result: CaseResult, paint: Paint): string {
  if (!hasFailed(result)) return `${paint('dim', 'ok')}   ${result.title}`
  const place = result.place ? ` ${paint('dim', `(${result.place})`)}` : ''
  return [`${paint('red', 'FAIL')} ${result.title}${place}`, indent(failureText(result, paint))].join('\n')
}

/** What was expected and what came, and why. */
export function failureText({ mismatches, wrong, explanation }: CaseResult, paint: Paint): string {
  if (!explanation) return wrong!
  const differences = mismatches.map(
    ({ what, expected, got }) => `${paint('bold', what)}\n  expected ${expected}\n  got      ${got}`,
  )
  return `${differences.join('\n')}\n${printExplanation(explanation, paint).trimEnd()}`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '     ')
}

function coverageLines({ kinds, percent }: Coverage, paint: Paint): string[] {
  const lines = kinds.flatMap(({ kind, reached, all, missed }) => [
    `  ${kind.padEnd(10)}${reached} of ${all}`,
    ...missed.slice(0, MOST_LISTED).map((name) => `    ${paint('yellow', 'missed')} ${name}`),
    ...(missed.length > MOST_LISTED ? [`    and ${missed.length - MOST_LISTED} more`] : []),
  ])
  return [`coverage ${percent} %`, ...lines]
}
