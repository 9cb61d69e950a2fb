import { notFor } from '../for-account.js'
import type { ActionList, Condition, Config, Route } from '../model/config.js'
import type { Decision, SkippedRule } from '../model/decision.js'
import { overrideText } from '../model/state.js'
import type { Match } from '../numbers/number-index.js'
import type { ConditionInput } from './condition.js'
import { schedulesOf, unmetCondition } from './table.js'

/** Which route and rule a call comes to, and why. */
export interface Choice extends Pick<Decision, 'route' | 'claim' | 'rule' | 'skipped' | 'reason'> {
  readonly actions: ActionList
}

/**
 * The called number decides which route, the first rule that fits what it does; `default` takes the rest, and so it
 * does with a number whose route is for other accounts. `found` is the claim that wins the called number, `whole` the
 * config with the routes of all accounts.
 */
export function choose(question: ConditionInput, found: Match | undefined, whole: Config): Choice {
  const { config, call } = question
  const route = found && config.routes.get(found.claim.route)
  if (!found || !route) {
    return {
      route: '',
      claim: '',
      rule: '',
      skipped: [],
      reason: (found && notFor(whole, found.claim.route, call)) ?? `no route claims ${call.to.text}`,
      actions: config.default,
    }
  }
  const claim = found.claim.pattern.text
  return { route: route.name, claim, ...chooseRule(route, claim, question) }
}

/** What a route does with a call, and why. */
export type RuleChoice = Pick<Choice, 'rule' | 'skipped' | 'reason' | 'actions'>

/** What an operator has set the route to, or else the first of its rules that fits. `claim` is for the reason. */
export function chooseRule(route: Route, claim: string, question: ConditionInput): RuleChoice {
  return setByHand(route, claim, question) ?? firstRule(route, claim, question)
}

/** The action that an operator has set the route to; undefined when none is set, or it is no longer in the config. */
function setByHand(
  { name }: Route,
  claim: string,
  { config, overrides }: ConditionInput,
): RuleChoice | undefined {
  const override = overrides?.of('route', name)
  const actions = override && config.actions.get(override.to)
  if (!actions) return undefined
  return { rule: '', skipped: [], actions, reason: `route ${name} by ${claim}, ${overrideText(override)}` }
}

function firstRule(route: Route, claim: string, question: ConditionInput): RuleChoice {
  const skipped: SkippedRule[] = []
  for (const { name, conditions, actions } of route.rules) {
    const misfit = unmetCondition(conditions, question)
    if (!misfit)
      return {
        rule: name ?? '',
        skipped,
        actions,
        reason: `route ${route.name} by ${claim}${name ? `, rule ${name}` : ''}${setFor(conditions, question)}`,
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

/** Why a rule fits although the hours say otherwise: the words of the overrides that it was held against. */
function setFor(conditions: readonly Condition[], { overrides }: ConditionInput): string {
  if (!overrides) return ''
  const texts = schedulesOf(conditions).map((name) => {
    const override = overrides.of('schedule', name)
    return override ? `, schedule ${name} ${overrideText(override)}` : ''
  })
  return texts.join('')
}
