import { run } from '../actions/run.js'
import type { Call } from '../call/call.js'
import { valuesOf } from '../call/values.js'
import type { ConditionInput } from '../conditions/unmet.js'
import { listAt } from '../dial/find-dial.js'
import type { Config } from '../model/config.js'
import type { Decision, Step } from '../model/decision.js'
import type { State } from '../model/state.js'
import { chooseRule, type RuleChoice } from './decide.js'
import { claimFor, forAccount, notFor } from './for-account.js'
import type { Progress } from './progress.js'

/** What a call that dialsip has placed shall do when it is answered: run a route by its name, or an ad-hoc dial by its id. */
export type OutboundTask = { readonly route: string } | { readonly dial: string }

/** What becomes of a call that dialsip has placed, now that it is answered. Pure, like `decide`. */
export function decideOutbound(
  whole: Config,
  call: Call,
  errand: OutboundTask,
  now: number,
  state: State,
): Decision {
  const config = forAccount(whole, call.accountSid)
  const question = { config, call, now, overrides: state.overrides }
  const choice = 'route' in errand ? byRoute(errand.route, question, whole) : byDial(config, errand.dial)
  const { actions, ...reasons } = choice
  const found = claimFor(config, call.to)
  const progress: Progress = {
    config,
    call,
    values: valuesOf(call, { wild: found?.wild ?? '', values: found?.claim.values }),
    state,
    route: 'route' in errand ? errand.route : '',
    rule: reasons.rule,
    tried: [],
    passedOver: [],
    warnings: [],
  }
  const steps = run(actions, progress).map(answeredStep)
  return {
    route: progress.route,
    claim: '',
    ...reasons,
    steps: steps.length > 0 ? steps : [HANG_UP],
    passedOver: progress.passedOver,
    warnings: progress.warnings,
    outcome: undefined,
  }
}

const HANG_UP: Step = { verb: 'hangup' }

/** Who has answered can no longer be rejected. */
function answeredStep(step: Step): Step {
  return step.verb === 'reject' ? HANG_UP : step
}

function byRoute(name: string, question: ConditionInput, whole: Config): RuleChoice {
  const route = question.config.routes.get(name)
  if (route) return chooseRule(route, 'an outbound call', question)
  const reason = notFor(whole, name, question.call) ?? `route ${name} is no longer in the config`
  return { rule: '', skipped: [], reason, actions: NOTHING }
}

function byDial(config: Config, id: string): RuleChoice {
  return {
    rule: '',
    skipped: [],
    reason: 'an outbound call is answered',
    actions: listAt(config, id) ?? NOTHING,
  }
}

const NOTHING = { id: '', actions: [] }
