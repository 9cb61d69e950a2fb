import type { Call } from '../call/call.js'
import type { ActionList, Config, Route } from '../config/config.js'
import { lookUp } from '../numbers/look-up.js'
import type { Decision, SkippedRule } from './decision.js'
import { misfitOf, type Question } from './fits.js'
import type { Progress } from './progress.js'
import { run } from './run.js'
import type { State } from './state.js'
import { valuesOf } from './values.js'

/** Which route and rule a call comes to, and why. */
export interface Choice extends Pick<Decision, 'route' | 'claim' | 'rule' | 'skipped' | 'reason'> {
  readonly actions: ActionList
  readonly values: ReturnType<typeof valuesOf>
}

/**
 * What becomes of a call that comes in. Pure: the same config, call, time and state give the same decision. The
 * server, `explain`, `test` and `diff` all ask here.
 */
export function decide(config: Config, call: Call, now: number, state: State): Decision {
  const { actions, values, ...choice } = choose({ config, call, now })
  const progress: Progress = {
    config,
    call,
    values,
    state,
    route: choice.route,
    rule: choice.rule,
    tried: [],
    passedOver: [],
    warnings: [],
  }
  const steps = run(actions, progress)
  return {
    ...choice,
    steps,
    passedOver: progress.passedOver,
    warnings: progress.warnings,
    outcome: undefined,
  }
}

/** The called number decides which route, the first rule that fits what it does; `default` takes the rest. */
export function choose(question: Question): Choice {
  const { config, call } = question
  const found = lookUp(config.numbers, call.to)
  const values = valuesOf(call, { wild: found?.wild ?? '', values: found?.claim.values })
  if (!found) {
    return {
      route: '',
      claim: '',
      rule: '',
      skipped: [],
      reason: `no route claims ${call.to.text}`,
      actions: config.default,
      values,
    }
  }
  const claim = found.claim.pattern.text
  const route = config.routes.get(found.claim.route)!
  return { route: route.name, claim, values, ...firstRule(route, claim, question) }
}

/** What a route does with a call, and why. */
export type RuleChoice = Pick<Choice, 'rule' | 'skipped' | 'reason' | 'actions'>

export function firstRule(route: Route, claim: string, question: Question): RuleChoice {
  const skipped: SkippedRule[] = []
  for (const { name, conditions, actions } of route.rules) {
    const misfit = misfitOf(conditions, question)
    if (!misfit)
      return {
        rule: name ?? '',
        skipped,
        actions,
        reason: `route ${route.name} by ${claim}${name ? `, rule ${name}` : ''}`,
      }
    skipped.push({ rule: name!, ...misfit })
  }
  return {
    rule: '',
    skipped,
    actions: question.config.default,
    reason: `route ${route.name} by ${claim}, no rule fits`,
  }
}
