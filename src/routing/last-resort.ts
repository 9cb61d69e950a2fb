import { run, runOtherwise } from '../actions/run.js'
import type { Call } from '../call/call.js'
import { dialsIn, findDial } from '../dial/find-dial.js'
import type { Plan } from '../dial/plan.js'
import type { Config } from '../model/config.js'
import type { Step } from '../model/decision.js'
import { ALL_UP } from '../model/state.js'
import { choose } from './decide.js'
import { forAccount } from './for-account.js'
import type { Progress } from './progress.js'

/**
 * What a call gets when deciding about it failed by an error of ours: the `otherwise` of the dial it was at, or of
 * its route, else `default`. May fail as well; the caller of this function has a constant then.
 */
export function lastResort(whole: Config, call: Call, plan: Plan | undefined, now: number): Step[] {
  const config = forAccount(whole, call.accountSid)
  const { actions, values, route, rule } = choose({ config, call, now }, whole)
  const progress: Progress = {
    config,
    call,
    values,
    state: ALL_UP,
    route,
    rule,
    tried: plan?.tried ?? [],
    passedOver: [],
    warnings: [],
  }
  const dial = plan ? findDial(config, plan) : dialsIn(actions)[0]
  return dial?.otherwise ? runOtherwise(dial, progress) : run(config.default, progress)
}
