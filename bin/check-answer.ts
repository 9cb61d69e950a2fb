import path from 'node:path'
import type { CheckAnswer } from '../routes/admin/compare.js'
import { lineText, yamlFile } from '../src/config/source-file.js'
import { countOf, errorsJson, excerptOf, shownOf } from '../src/errors/print.js'
import type { ConfigError } from '../src/errors/problem.js'
import type { TestCase } from '../src/model/config.js'
import type { Mismatch } from '../src/spec/expectations.js'
import { type CaseResult, hasFailed, runSpec } from '../src/spec/run-spec.js'
import type { AskedConfig } from './asked-config.js'

/** How many cases are shown, how many names that none of them has reached, and how many characters of a text. */
const [MOST_CASES, MOST_MISSED, LONGEST_TEXT] = [100, 20, 1_000]

/** What `POST /api/check` answers: what is wrong with a config, and what came of its own tests. */
export function checkAnswer(asked: AskedConfig): CheckAnswer {
  const { name, loaded } = asked
  const { config, errors } = loaded
  const { shown, more } = shownOf(errors)
  const { findings, ...head } = errorsJson(name, shown) as Pick<CheckAnswer, 'file' | 'findings'>
  return {
    ...head,
    ok: config !== undefined,
    errors: countOf('error', errors),
    warnings: countOf('warning', errors),
    findings: findings.map((finding, at) => ({ ...finding, excerpt: excerpt(shown[at]!) })),
    more,
    routes: config?.routes.size,
    endpoints: config?.endpoints.size,
    tests: testsAnswer(asked),
  }
}

/** Where the YAML is broken its secrets cannot be found: the value of a key that usually holds one is left out. */
const SECRET_VALUE = /((?:password|tokens|sharedKeys|apiKeySecret)["']?\s*:\s*)\S.*$/i

function excerpt({ code, place }: ConfigError): CheckAnswer['findings'][number]['excerpt'] {
  if (place.text === '') return undefined
  const hides = code.startsWith('yaml-') && SECRET_VALUE.test(place.text)
  if (!hides) return excerptOf(place)
  return { before: place.text.replace(SECRET_VALUE, '$1…').slice(0, LONGEST_TEXT), marked: '', after: '' }
}

function testsAnswer({ main, files, loaded: { config } }: AskedConfig): CheckAnswer['tests'] {
  if (!config || config.tests.length === 0) return undefined
  const { cases, failed, coverage } = runSpec(config, config.tests)
  const placeOf = placeFinder(main, files)
  const all = cases.map((result, at) => ({ result, test: config.tests[at]! }))
  const sorted = all.toSorted((a, b) => Number(hasFailed(b.result)) - Number(hasFailed(a.result)))
  return {
    passed: cases.length - failed,
    failed,
    cases: sorted
      .slice(0, MOST_CASES)
      .map(({ result, test }) => ({ ...caseAnswer(result, test), place: placeOf(test) })),
    coverage: {
      percent: coverage.percent,
      kinds: coverage.kinds.map((kind) => ({ ...kind, missed: kind.missed.slice(0, MOST_MISSED) })),
    },
  }
}

function caseAnswer(result: CaseResult, { call: { to, from = '', at } }: TestCase) {
  const { title, wrong, mismatches } = result
  return {
    title: short(title),
    passed: !hasFailed(result),
    call: { to, from, at },
    wrong: wrong && short(wrong),
    mismatches: mismatches.map(mismatchAnswer),
  }
}

function mismatchAnswer({ what, expected, got }: Mismatch) {
  return { what, expected: short(expected), got: short(got) }
}

/** Each file is read for its lines once. */
function placeFinder(main: string, files: AskedConfig['files']): (test: TestCase) => string | undefined {
  const known = new Map<string, ReturnType<typeof yamlFile>>()
  return function placeOf({ written }) {
    const { file: name, path: steps } = written!
    const file = known.get(name) ?? yamlFile(name, files.get(path.resolve(path.dirname(main), name))!)
    known.set(name, file)
    return lineText({ file, path: steps })
  }
}

function short(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
}
