import { notFor } from '../for-account.js'
import {
  type ActionList,
  CONFIG_RULES,
  type Condition,
  type Config,
  type Route,
  type Rule,
} from '../model/config.js'
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
 * The first rule of the config that fits decides. Where none does, the called number decides which route, and the first
 * of its rules that fits what it does; `default` takes the rest, and so it does with a number whose route is for other
 * accounts. `found` is the claim that wins the called number, `whole` the config with the routes of all accounts.
 */
export function choose(input: ConditionInput, found: Match | undefined, whole: Config): Choice {
  const { rules } = input.config
  if (rules.length === 0) return chooseRoute(input, found, whole)
  const { rule, skipped } = firstFitting(rules, input)
  const before = skipped.map((one) => ({ ...one, rule: `${CONFIG_RULES}/${one.rule}` }))
  if (!rule) {
    const choice = chooseRoute(input, found, whole)
    return { ...choice, skipped: [...before, ...choice.skipped] }
  }
  const name = rule.name!
  const reason = `rule ${name} of the config${setFor(rule.conditions, input)}`
  return { route: '', claim: '', rule: name, skipped: before, reason, actions: rule.actions }
}

function chooseRoute(input: ConditionInput, found: Match | undefined, whole: Config): Choice {
  const { config, call } = input
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
  return { route: route.name, claim, ...chooseRule(route, claim, input) }
}

/** What a route does with a call, and why. */
export type RuleChoice = Pick<Choice, 'rule' | 'skipped' | 'reason' | 'actions'>

/** What an operator has set the route to, or else the first of its rules that fits. `claim` is for the reason. */
export function chooseRule(route: Route, claim: string, input: ConditionInput): RuleChoice {
  return setByHand(route, claim, input) ?? firstRule(route, claim, input)
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

function firstRule(route: Route, claim: string, input: ConditionInput): RuleChoice {
  const { rule, skipped } = firstFitting(route.rules, input)
  const by = `route ${route.name} by ${claim}`
  if (!rule) return { rule: '', skipped, actions: input.config.default, reason: `${by}, no rule fits` }
  const { name, conditions, actions } = rule
  const reason = `${by}${name ? `, rule ${name}` : ''}${setFor(conditions, input)}`
  return { rule: name ?? '', skipped, actions, reason }
}

/** The first rule whose conditions the call meets, if there is one, and those above it. */
function firstFitting(
  rules: readonly Rule[],
  input: ConditionInput,
): { readonly rule: Rule | undefined; readonly skipped: SkippedRule[] } {
  const skipped: SkippedRule[] = []
  for (const rule of rules) {
    const unmet = unmetCondition(rule.conditions, input)
    if (!unmet) return { rule, skipped }
    skipped.push({ rule: rule.name!, ...unmet })
  }
  return { rule: undefined, skipped }
}

/** The overrides of schedules by which a rule fits, in words: its hours alone may say otherwise. */
function setFor(conditions: readonly Condition[], { overrides }: ConditionInput): string {
  if (!overrides) return ''
  const texts = schedulesOf(conditions).map((name) => {
    const override = overrides.of('schedule', name)
    return override ? `, schedule ${name} ${overrideText(override)}` : ''
  })
  return texts.join('')
}
