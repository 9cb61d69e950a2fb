import { run, runOtherwise } from '../actions/run.js'
import type { Call } from '../call/call.js'
import { classify, FINAL_CLASSES, type Outcome, type OutcomeClass } from '../call/outcome.js'
import { valuesOf } from '../call/values.js'
import { dialFirst } from '../dial/dial-first.js'
import { findDial } from '../dial/find-dial.js'
import { allHops } from '../dial/hop-names.js'
import type { Plan } from '../dial/plan.js'
import type { Config, DialAction, Hop } from '../model/config.js'
import type { Decision, Step } from '../model/decision.js'
import type { State } from '../model/state.js'
import { claimFor, forAccount, warningsFor } from './for-account.js'
import { isScreened } from './is-screened.js'
import type { Progress } from './progress.js'

/**
 * What becomes of a call after a hop has ended. The plan comes out of the URL, so it may be older than the config:
 * what it names is looked up by name, and what no longer exists is skipped. Pure, like `decide`.
 */
export function advance(whole: Config, call: Call, plan: Plan, outcome: Outcome, state: State): Decision {
  const config = forAccount(whole, call.accountSid)
  const dial = findDial(config, plan)
  const hop = hopNamed(plan.hop, dial, config)
  // of a hop that is gone nobody knows: then Twilio's word that nobody talked decides
  const screened = hop === undefined || isScreened(hop)
  const outcomeClass = classify(outcome, screened)
  const found = claimFor(config, call.to)
  const progress: Progress = {
    config,
    call,
    values: valuesOf(call, { wild: found?.wild ?? '', values: found?.claim.values }),
    state,
    route: plan.route,
    rule: plan.rule,
    tried: [...plan.tried, { hop: plan.hop, outcome: outcomeClass }],
    passedOver: [],
    warnings: warningsFor(whole, plan.route, call),
  }
  const { steps, next } = follow(outcomeClass, outcome.code, plan, dial, progress)
  return {
    route: plan.route,
    claim: found?.claim.pattern.text ?? '',
    rule: plan.rule,
    skipped: [],
    reason: `${plan.hop} ${outcomeClass}${outcome.code ? ` (${outcome.code})` : ''}: ${next}`,
    steps,
    passedOver: progress.passedOver,
    warnings: progress.warnings,
    outcome: outcomeClass,
  }
}

interface Following {
  readonly steps: Step[]
  readonly next: string
}

/** What follows the outcomes that end every chain. */
const ENDS: Partial<Record<OutcomeClass, string>> = {
  answered: 'the call ends',
  canceled: 'the caller has left',
}

const FAILOVER_ON: readonly string[] = ['unreachable', 'serverError', 'rejected']

function follow(
  outcome: OutcomeClass,
  code: number | undefined,
  plan: Plan,
  dial: DialAction | undefined,
  progress: Progress,
): Following {
  if (FINAL_CLASSES.includes(outcome)) return { steps: [{ verb: 'hangup' }], next: ENDS[outcome]! }
  const failoverOn = dial?.failoverOn ?? FAILOVER_ON
  if (failoverOn.includes(outcome) || failoverOn.includes(String(code))) {
    const step = dialFirst(dial ?? orphan(plan), namedHops(plan, dial, progress), progress)
    if (step) return { steps: [step], next: `next hop ${step.hop.name}` }
    return { steps: lastResort(dial, progress), next: 'no hop is left' }
  }
  return { steps: lastResort(dial, progress), next: 'no failover after this' }
}

/** What follows the chain; when its dial is gone from the config, what follows a call that nobody takes. */
function lastResort(dial: DialAction | undefined, progress: Progress): Step[] {
  return dial ? runOtherwise(dial, progress) : run(progress.config.default, progress)
}

/** The hops still to try, in the order planned. A name that no longer exists is skipped and noted. */
function namedHops({ next }: Plan, dial: DialAction | undefined, { config, passedOver }: Progress): Hop[] {
  return next.flatMap((name) => {
    const hop = hopNamed(name, dial, config)
    if (!hop) passedOver.push({ hop: name, why: 'is no longer in the config' })
    return hop ?? []
  })
}

/** A hop by its name: of the dial, or else an endpoint of that name as it stands in the config. */
function hopNamed(name: string, dial: DialAction | undefined, config: Config): Hop | undefined {
  const own = dial && allHops(dial).find((hop) => hop.name === name)
  if (own) return own
  const endpoint = config.endpoints.get(name)
  return (
    endpoint && {
      name,
      endpoints: [endpoint],
      attributes: {},
      callerId: undefined,
      screen: undefined,
      refer: false,
    }
  )
}

/** Stands in for a dial that is gone, so that the rest of its hops still ring. */
function orphan({ dial }: Plan): DialAction {
  return { verb: 'dial', id: dial, steps: [], failoverOn: FAILOVER_ON, otherwise: undefined }
}
