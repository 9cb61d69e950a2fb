import { run } from '../actions/run.js'
import { type Call, parameter } from '../call/call.js'
import { valuesOf } from '../call/values.js'
import { listAt } from '../dial/find-dial.js'
import { readTried } from '../dial/plan.js'
import type { Config } from '../model/config.js'
import type { Decision, Resume, Step } from '../model/decision.js'
import type { State } from '../model/state.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { claimFor, forAccount, warningsFor } from './for-account.js'
import type { Progress } from './progress.js'

/** Reads where a list goes on from the query of a webhook. */
export function readResume(params: WebhookParameters): Resume {
  return {
    list: parameter(params, 'list'),
    step: stepOf(parameter(params, 'step')),
    route: parameter(params, 'route'),
    rule: parameter(params, 'rule'),
    tried: readTried(parameter(params, 'tried')),
  }
}

/** After what is no step nothing is left: to begin again would record again, for ever. */
function stepOf(text: string): number {
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
}

/** What follows a recording: the rest of its list of actions; the call ends when there is none. Pure, like `decide`. */
export function resume(whole: Config, call: Call, from: Resume, state: State): Decision {
  const config = forAccount(whole, call.accountSid)
  const found = claimFor(config, call.to)
  const values = valuesOf(call, { wild: found?.wild ?? '', values: found?.claim.values })
  const progress: Progress = {
    config,
    call,
    values,
    state,
    route: from.route,
    rule: from.rule,
    tried: from.tried,
    passedOver: [],
    warnings: warningsFor(whole, from.route, call),
  }
  const list = listAt(config, from.list)
  const rest: Step[] = list ? run(list, progress, from.step) : []
  const steps: Step[] = rest.length > 0 ? rest : [{ verb: 'hangup' }]
  return {
    route: from.route,
    claim: found?.claim.pattern.text ?? '',
    rule: from.rule,
    skipped: [],
    reason: 'the recording has ended',
    steps,
    passedOver: progress.passedOver,
    warnings: progress.warnings,
    outcome: undefined,
  }
}
