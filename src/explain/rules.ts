import { hint, schedulesOf } from '../conditions/table.js'
import type { Condition, Config, Rule } from '../model/config.js'
import type { Decision } from '../model/decision.js'
import { describeState } from '../schedule/describe.js'
import { scheduleState } from '../schedule/state.js'
import type { ExplainedRule, ExplainedSchedule } from './explanation.js'
import type { Scenario } from './scenario.js'

/** The rules of the route as `decide` went through them, and the conditions that it looked at. */
export function explainRules(decision: Decision, scenario: Scenario, config: Config) {
  const rules = (config.routes.get(decision.route)?.rules ?? []).filter(({ name }) => name !== undefined)
  const fits = rules.findIndex(({ name }) => name === decision.rule)
  const reached = fits < 0 ? rules : rules.slice(0, fits + 1)
  return {
    explained: rules.map((rule, at) => explainRule(rule, at === fits, decision, scenario)),
    asked: reached.flatMap((rule) => rule.conditions),
  }
}

function explainRule(
  { name, conditions }: Rule,
  fits: boolean,
  { skipped }: Decision,
  { call }: Scenario,
): ExplainedRule {
  const misfit = skipped.find(({ rule }) => rule === name)
  const texts = conditions.map(({ text }) => text)
  if (!misfit) return { rule: name!, verdict: fits ? 'fits' : 'not reached', conditions: texts }
  const { condition, saw } = misfit
  const near = hint(condition, call)
  const failed = { condition: condition.text, saw, ...(near !== undefined && { hint: near }) }
  return { rule: name!, verdict: 'skipped', conditions: texts, failed }
}

/** The schedules that the conditions ask, each once. */
export function explainSchedules(
  asked: readonly Condition[],
  { now }: Scenario,
  { schedules }: Config,
): ExplainedSchedule[] {
  return [...new Set(schedulesOf(asked))].map((name) => {
    const schedule = schedules.get(name)!
    return { schedule: name, open: scheduleState(schedule, now).open, says: describeState(schedule, now) }
  })
}
