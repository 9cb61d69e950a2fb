import { dialFirst } from './actions/dial.js'
import { HANG_UP } from './actions/hangup.js'
import { run, runOtherwise } from './actions/run.js'
import type { Call } from './call/call.js'
import { classify, FINAL_CLASSES, type Outcome, type OutcomeClass } from './call/outcome.js'
import { valuesOf } from './call/values.js'
import { choose, chooseRule, type RuleChoice } from './conditions/choose.js'
import type { ConditionInput } from './conditions/condition.js'
import { FAILOVER_ON, triesNextHop } from './dial/failover.js'
import { dialsIn, findDial, findHop, listAt } from './dial/find-dial.js'
import { isScreened } from './dial/screen.js'
import { claimFor, forAccount, notFor, ownClaim, warningsFor } from './for-account.js'
import { type Config, type DialAction, type Hop, hopsIn, type Screen } from './model/config.js'
import type { ActionResult, Decision, Frame, PassedOver, Plan, Resume, Step } from './model/decision.js'
import { ALL_UP, type State } from './model/state.js'
import { lookUp } from './numbers/number-index.js'
import { withoutPasswords } from './sip/passwords.js'
import { fillTemplate } from './template/template.js'

// Every webhook that is answered with TwiML is decided here. All of it is pure: the same config, call, time and state give
// the same decision.

/** What becomes of a call that comes in. The server, `explain`, `test` and `diff` all ask here. */
export function decide(whole: Config, call: Call, now: number, state: State): Decision {
  const frame = begin(whole, call, state)
  const { actions, ...reasons } = choose(inputOf(frame, now), frame.found, whole)
  return finish(reasons, run(actions, { ...frame, route: reasons.route, rule: reasons.rule }))
}

/**
 * What becomes of a call after a hop has ended. The plan comes out of the URL, so it may be older than the config:
 * what it names is looked up by name, and what no longer exists is skipped.
 */
export function advance(whole: Config, call: Call, plan: Plan, outcome: Outcome, state: State): Decision {
  const before = begin(whole, call, state, plan)
  const dial = findDial(before.config, plan)
  const hop = findHop(before.config, dial, plan.hop)
  // whether a hop that is gone had a screen is not known: it is taken to have had one, so that `DialBridged` counts
  const outcomeClass = classify(outcome, hop === undefined || isScreened(hop))
  const frame = { ...before, tried: [...plan.tried, { hop: plan.hop, outcome: outcomeClass }] }
  const { next, ...result } = afterOutcome(outcomeClass, outcome.code, plan, dial, frame)
  const code = outcome.code ? ` (${outcome.code})` : ''
  const reason = `${plan.hop} ${outcomeClass}${code}: ${next}`
  return finish(carriedOn(frame, reason, outcomeClass), result, warningsFor(whole, plan.route, call))
}

/**
 * What becomes of a call when the outcome of its hop is not known: `otherwise`. The hop may have been answered, so
 * nobody in it is rung again.
 */
export function giveUp(whole: Config, call: Call, plan: Plan, state: State): Decision {
  const before = begin(whole, call, state, plan)
  const frame = { ...before, tried: [...plan.tried, { hop: plan.hop, outcome: 'answered' as const }] }
  const result = otherwiseOf(findDial(before.config, plan), frame)
  const reasons = carriedOn(frame, `what came of ${plan.hop} is not known: no failover after this`)
  return finish(reasons, orHangUp(result), warningsFor(whole, plan.route, call))
}

/** What follows a recording: the rest of its list of actions; the call ends when there is none. */
export function resume(whole: Config, call: Call, from: Resume, state: State): Decision {
  const frame = begin(whole, call, state, from)
  const list = listAt(frame.config, from.list)
  const rest = list ? run(list, frame, from.step) : NOTHING
  const reasons = carriedOn(frame, 'the recording has ended')
  return finish(reasons, orHangUp(rest), warningsFor(whole, from.route, call))
}

/**
 * What becomes of a call that its callee refers to someone else: it is routed as a call to that address. So a REFER
 * reaches what the routes claim and nothing more: no phone number and no host of the referrer's own choosing.
 */
export function refer(whole: Config, call: Call, now: number, state: State): Decision {
  const decision = decide(whole, call, now, state)
  return { ...decision, reason: `referred to ${withoutPasswords(call.referred!)}: ${decision.reason}` }
}

/** What a call that dialsip has placed is for: to run a route by its name, or an ad-hoc dial by its id. */
export type OutboundTask = { readonly route: string } | { readonly dial: string }

/** What becomes of a call that dialsip has placed, now that it is answered. */
export function place(whole: Config, call: Call, task: OutboundTask, now: number, state: State): Decision {
  const frame = begin(whole, call, state)
  const route = 'route' in task ? task.route : ''
  const { actions, ...reasons } =
    'route' in task
      ? byRoute(route, inputOf(frame, now), whole)
      : { ...PLACED, actions: listAt(frame.config, task.dial) ?? NO_ACTIONS }
  const result = run(actions, { ...frame, route, rule: reasons.rule })
  const steps = result.steps.map(answeredStep)
  return finish({ route, claim: '', ...reasons }, orHangUp({ ...result, steps }))
}

/**
 * What a call gets when deciding about it failed by an error of ours: the `otherwise` of the dial it was at, or of
 * its route, else `default`. May fail as well; the caller of this function has a constant then.
 */
export function lastResort(whole: Config, call: Call, plan: Plan | undefined, now: number): readonly Step[] {
  const frame = begin(whole, call, ALL_UP)
  const { actions, route, rule } = choose({ config: frame.config, call, now }, frame.found, whole)
  const here = { ...frame, route, rule, tried: plan?.tried ?? [] }
  const dial = plan ? findDial(frame.config, plan) : dialsIn(actions)[0]
  return (dial?.otherwise ? runOtherwise(dial, here) : run(frame.config.default, here)).steps
}

/** What becomes of a call whose caller has left: nobody is rung for it, and nothing that is said would be heard. */
export function callerLeft({ route, rule }: Pick<Decision, 'route' | 'rule'>): Decision {
  const reason = 'the caller has left'
  return finish({ route, claim: '', rule, skipped: [], reason, outcome: 'canceled' }, orHangUp(NOTHING))
}

/** The screen of the hop that a plan names, and its text for this call; undefined when it is gone. */
export function screenFor(
  whole: Config,
  plan: Plan,
  call: Call,
): { screen: Screen; text: string } | undefined {
  const config = forAccount(whole, call.accountSid)
  const dial = findDial(config, plan)
  const screen = dial && hopsIn(dial.entries).find((hop) => hop.name === plan.hop)?.screen
  if (!screen) return undefined
  // `To` is the leg's own, and no route was chosen by it, but where the plan says who is called
  const found = call.called === undefined ? undefined : claimFor(config, call.to)
  const values = valuesOf(call, { wild: found?.wild ?? '', values: found?.claim.values })
  return { screen, text: fillTemplate(screen.say, values) }
}

/** Where a call has been when it comes in. */
const NOWHERE: Pick<Frame, 'route' | 'rule' | 'tried'> = { route: '', rule: '', tried: [] }

/** What a decision is made with, before a route and a rule are chosen. */
function begin(
  whole: Config,
  call: Call,
  state: State,
  { route, rule, tried }: Pick<Frame, 'route' | 'rule' | 'tried'> = NOWHERE,
): Frame {
  const config = forAccount(whole, call.accountSid)
  const found = lookUp(config.numbers, call.to)
  const own = ownClaim(config, found)
  const values = valuesOf(call, { wild: own?.wild ?? '', values: own?.claim.values })
  return { config, call, found, values, state, route, rule, tried }
}

type Reasons = Pick<Decision, 'route' | 'claim' | 'rule' | 'skipped' | 'reason'> &
  Partial<Pick<Decision, 'outcome'>>

function finish(
  { route, claim, rule, skipped, reason, outcome }: Reasons,
  { steps, passedOver, warnings }: ActionResult,
  earlier: readonly string[] = [],
): Decision {
  return {
    route,
    claim,
    rule,
    skipped,
    reason,
    steps,
    passedOver,
    warnings: earlier.length > 0 ? [...earlier, ...warnings] : warnings,
    outcome,
  }
}

function inputOf({ config, call, state: { overrides } }: Frame, now: number): ConditionInput {
  return { config, call, now, overrides }
}

/** The reasons of a call that goes on where its URL says. */
function carriedOn({ config, found, route, rule }: Frame, reason: string, outcome?: OutcomeClass): Reasons {
  const claim = ownClaim(config, found)?.claim.pattern.text ?? ''
  return { route, claim, rule, skipped: [], reason, outcome }
}

const NOTHING: ActionResult = { steps: [], passedOver: [], warnings: [] }

function orHangUp(result: ActionResult): ActionResult {
  return result.steps.length > 0 ? result : { ...result, steps: [HANG_UP] }
}

interface Following extends ActionResult {
  readonly next: string
}

/** The reason after outcomes that end every chain. */
const ENDS: Partial<Record<OutcomeClass, string>> = {
  answered: 'the call ends',
  canceled: 'the caller has left',
}

function afterOutcome(
  outcome: OutcomeClass,
  code: number | undefined,
  plan: Plan,
  dial: DialAction | undefined,
  frame: Frame,
): Following {
  if (FINAL_CLASSES.includes(outcome)) return { ...orHangUp(NOTHING), next: ENDS[outcome]! }
  if (!triesNextHop(dial?.failoverOn ?? FAILOVER_ON, outcome, code))
    return { ...otherwiseOf(dial, frame), next: 'no failover after this' }
  const { hops, gone } = namedHops(plan, dial, frame.config)
  const { step, passedOver, warnings } = dialFirst(dial ?? orphan(plan), hops, frame)
  const noted = { passedOver: [...gone, ...passedOver], warnings }
  if (step) return { steps: [step], ...noted, next: `next hop ${step.hop.name}` }
  const last = otherwiseOf(dial, frame)
  return {
    steps: last.steps,
    passedOver: [...noted.passedOver, ...last.passedOver],
    warnings: [...warnings, ...last.warnings],
    next: 'no hop is left',
  }
}

/** What follows the last hop; when the dial is gone from the config, `default`. */
function otherwiseOf(dial: DialAction | undefined, frame: Frame): ActionResult {
  return dial ? runOtherwise(dial, frame) : run(frame.config.default, frame)
}

/** The hops still to try, in the order planned. A name that no longer exists is skipped and noted. */
function namedHops({ next }: Plan, dial: DialAction | undefined, config: Config) {
  const hops: Hop[] = []
  const gone: PassedOver[] = []
  for (const name of next) {
    const hop = findHop(config, dial, name)
    if (hop) hops.push(hop)
    else gone.push({ hop: name, why: 'is no longer in the config' })
  }
  return { hops, gone }
}

/** In place of a dial that is gone, so that the rest of its hops still ring. */
function orphan({ dial }: Plan): DialAction {
  return { verb: 'dial', id: dial, entries: [], failoverOn: FAILOVER_ON, otherwise: undefined }
}

/** A call that was answered can no longer be rejected, so it is hung up. */
function answeredStep(step: Step): Step {
  return step.verb === 'reject' ? HANG_UP : step
}

function byRoute(name: string, input: ConditionInput, whole: Config): RuleChoice {
  const route = input.config.routes.get(name)
  if (route) return chooseRule(route, 'an outbound call', input)
  const reason = notFor(whole, name, input.call) ?? `route ${name} is no longer in the config`
  return { ...PLACED, reason, actions: NO_ACTIONS }
}

const PLACED = { rule: '', skipped: [], reason: 'an outbound call is answered' }
const NO_ACTIONS = { id: '', actions: [] }
