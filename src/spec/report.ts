import { create } from 'xmlbuilder2'
import type { Paint } from '../errors/print.js'
import { printExplanation } from '../explain/print.js'
import { COVERED, type Coverage } from './coverage.js'
import { type CaseResult, hasFailed, type SpecResult } from './run-spec.js'

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
function failureText({ mismatches, wrong, explanation }: CaseResult, paint: Paint): string {
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

/** The report in TAP version 14 (https://testanything.org/tap-version-14-specification.html). */
export function reportTap({ cases, coverage }: SpecResult): string {
  const lines = cases.flatMap((result, at) => [testPoint(result, at + 1), ...diagnostics(result)])
  return ['TAP version 14', `1..${cases.length}`, ...lines, coverageLine(coverage), ''].join('\n')
}

function testPoint(result: CaseResult, number: number): string {
  return `${hasFailed(result) ? 'not ok' : 'ok'} ${number} - ${result.title.replace(/[\\#]/g, '\\$&')}`
}

function diagnostics(result: CaseResult): string[] {
  if (!hasFailed(result)) return []
  const text = failureText(result, (_style, word) => word)
  const at = result.place ? [`  at: ${JSON.stringify(result.place)}`] : []
  return ['  ---', ...at, '  message: |', ...text.split('\n').map((line) => `    ${line}`), '  ...']
}

function coverageLine({ kinds, percent }: Coverage): string {
  const counts = COVERED.map((name) => {
    const { reached, all } = kinds.find(({ kind }) => kind === name)!
    return `${name} ${reached}/${all}`
  })
  return `# coverage ${percent} %: ${counts.join(', ')}`
}

/** The report as JUnit XML, which GitHub, GitLab and Jenkins read. `name` is that of the suite. */
export function reportJunit({ cases, failed }: SpecResult, name: string): string {
  const suite = {
    '@name': name,
    '@tests': cases.length,
    '@failures': failed,
    testcase: cases.map((one) => testcase(one, name)),
  }
  const document = create({ version: '1.0', encoding: 'UTF-8' }, { testsuites: { testsuite: suite } })
  return `${document.end({ prettyPrint: true })}\n`
}

function testcase(result: CaseResult, suite: string): object {
  const attributes = { '@name': result.title, '@classname': suite }
  if (!hasFailed(result)) return attributes
  const message = result.wrong ?? result.mismatches.map(({ what }) => what).join(', ')
  const place = result.place ? `${result.place}\n` : ''
  const text = failureText(result, (_style, word) => word)
  return { ...attributes, failure: { '@message': message, '#': place + text } }
}
