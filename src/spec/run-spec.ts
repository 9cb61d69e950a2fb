import { type Explainer, explainer } from '../explain/explain.js'
import type { Explanation } from '../explain/explanation.js'
import { readScenario, WrongQuestion } from '../explain/scenario.js'
import type { Config, TestCase } from '../model/config.js'
import { ALL_UP } from '../model/state.js'
import type { TestSource } from '../schema/test-case.js'
import { type Coverage, coverage } from './coverage.js'
import { type Mismatch, mismatches } from './expectations.js'

/** What came of all cases. */
export interface SpecResult {
  readonly cases: readonly CaseResult[]
  readonly failed: number
  readonly coverage: Coverage
}

/** Runs cases against a config. Nothing in it looks at a clock; `placeOf` is asked only for the place of those that fail. */
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

/** Whether a case makes no sense for the config, or does not come out as expected. */
export function hasFailed({ mismatches, wrong }: CaseResult): boolean {
  return mismatches.length > 0 || wrong !== undefined
}

/** A case that was run. */
export interface CaseResult {
  readonly title: string
  /** The file and line of a case that failed, where they are known. */
  readonly place?: string | undefined
  /** Empty: it passed. */
  readonly mismatches: readonly Mismatch[]
  /** Undefined when the case makes no sense for the config; `wrong` says why. */
  readonly explanation: Explanation | undefined
  readonly wrong: string | undefined
}

/** Runs one case: explains the call, which shows what the server would do, and compares that with what is expected. */
function runCase(config: Config, explain: Explainer, test: TestSource): CaseResult {
  const title = titleOf(test)
  try {
    const explanation = explain(readScenario(config, questionOf(test), 0, ALL_UP))
    if (test.call.at === undefined) checkTimeless(explanation)
    return { title, mismatches: mismatches(explanation, test.expect), explanation, wrong: undefined }
  } catch (error) {
    if (!(error instanceof WrongQuestion)) throw error
    return { title, mismatches: [], explanation: undefined, wrong: error.message }
  }
}

/** One line, since a report has a line for each case. */
function titleOf({ name, call: { to, from, at } }: TestSource): string {
  const title = name ?? `${to} from ${from || 'anonymous'}${at === undefined ? '' : ` at ${at}`}`
  return title.replaceAll(/\s+/g, ' ').trim()
}

function questionOf({ call: { to, from = '', at, account, params }, outcomes, down, drained }: TestSource) {
  return { params: { ...params, To: to, From: from }, account, at, outcomes, down, drained }
}

/** What depends on the day of the run would fail on another day. */
function checkTimeless({ route, configRules, schedules }: Explanation): void {
  const asked = schedules.map(({ schedule }) => schedule).join(', ')
  if (asked === '') return
  const asking = configRules ? 'a rule' : `route ${route}`
  throw new WrongQuestion(`${asking} asks the time (${asked}), so the case needs call.at`)
}
