import { create } from 'xmlbuilder2'
import { failureText } from './report-pretty.js'
import { hasFailed, type SpecResult } from './run.js'
import type { CaseResult } from './run-case.js'

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
