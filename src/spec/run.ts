import { explainer } from '../explain/explain.js'
import type { Config, TestCase } from '../model/config.js'
import { type Coverage, coverage } from './coverage.js'
import { type CaseResult, runCase } from './run-case.js'

/** What came of all cases. */
export interface SpecResult {
  readonly cases: readonly CaseResult[]
  readonly failed: number
  readonly coverage: Coverage
}

/** Runs cases against a config. Nothing in it looks at a clock; `placeOf` is asked only where those stand that fail. */
export function runSpec(
  config: Config,
  tests: readonly TestCase[],
  placeOf: (test: TestCase) => string | undefined = () => undefined,
): SpecResult {
  const explain = explainer(config)
  const cases = tests.map((test) => {
    const result = runCase(config, explain, test)
    return hasFailed(result) ? { ...result, place: placeOf(test) } : result
  })
  const explanations = cases.flatMap(({ explanation }) => explanation ?? [])
  return { cases, failed: cases.filter(hasFailed).length, coverage: coverage(config, explanations) }
}

export function hasFailed({ mismatches, wrong }: CaseResult): boolean {
  return mismatches.length > 0 || wrong !== undefined
}
