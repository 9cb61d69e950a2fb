import { COVERED, type Coverage } from './coverage.js'
import { failureText } from './report-pretty.js'
import { hasFailed, type SpecResult } from './run.js'
import type { CaseResult } from './run-case.js'

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
