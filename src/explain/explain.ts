import type { Condition, Config, Rule } from '../config/config.js'
import { lookUp } from '../numbers/look-up.js'
import type { Decision, Step } from '../routing/decision.js'
import { findDial } from '../routing/find-dial.js'
import { lastResort } from '../routing/last-resort.js'
import { planQuery } from '../routing/plan.js'
import { screenFor } from '../routing/screen-for.js'
import { describeState } from '../schedule/describe.js'
import { scheduleState } from '../schedule/state.js'
import { screenTwiml } from '../twiml/screen.js'
import { TwimlWriter } from '../twiml/writer.js'
import { candidates } from './candidates.js'
import { conditionText, hint, schedulesIn } from './condition.js'
import type {
  ExplainedHop,
  ExplainedNumber,
  ExplainedRule,
  ExplainedSchedule,
  ExplainedStep,
  Explanation,
} from './explanation.js'
import { masker } from './mask.js'
import { nearMisses } from './near-misses.js'
import type { Scenario } from './scenario.js'
import { explainTarget } from './target.js'
import { outcomeClass, type WalkedStep, walk } from './walk.js'

/** Explains the calls of one config. */
export type Explainer = (scenario: Scenario) => Explanation

/** Makes what explains the calls of a config: it decides as the server does, and says why. */
export function explainer(config: Config): Explainer {
  const parts = { config, mask: masker(config.secrets), writer: new TwimlWriter(config.publicUrl) }
  return (scenario) => explain(scenario, parts)
}

interface Parts {
  readonly config: Config
  readonly mask: (text: string) => string
  readonly writer: TwimlWriter
}

function explain(scenario: Scenario, parts: Parts): Explanation {
  const { config } = parts
  const { call, now } = scenario
  const walked = walk(config, scenario)
  const { route, rule, reason } = walked[0]!.decision
  const rules = explainRules(walked[0]!.decision, scenario, config)
  return {
    revision: config.revision,
    call: {
      to: call.to.text,
      from: call.from.text,
      callSid: call.callSid,
      at: new Date(now).toISOString(),
    },
    number: explainNumber(scenario, config),
    route,
    rule,
    reason,
    rules: rules.explained,
    schedules: explainSchedules(rules.asked, scenario, config),
    steps: walked.map((step) => explainStep(step, scenario, parts)),
    dials: walked.flatMap(({ dialled }) => (dialled ? [parts.mask(dialled.dial.hop.name)] : [])),
    end: endOf(walked),
  }
}

function explainNumber({ call }: Scenario, { numbers }: Config): ExplainedNumber {
  const found = lookUp(numbers, call.to)
  const near = found ? [] : nearMisses(numbers, call.to)
  return {
    kind: call.to.kind,
    claim: found?.claim.pattern.text ?? '',
    wild: found?.wild ?? '',
    compared: candidates(numbers, call.to),
    nearMisses: near.map(({ claim, says }) => ({ pattern: claim.pattern.text, route: claim.route, says })),
  }
}

/** The rules of the route as `decide` went through them, and the conditions that it looked at. */
function explainRules(decision: Decision, scenario: Scenario, config: Config) {
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
  const texts = conditions.map(conditionText)
  if (!misfit) return { rule: name!, verdict: fits ? 'fits' : 'not reached', conditions: texts }
  const { condition, saw } = misfit
  const near = hint(condition, call)
  const failed = { condition: conditionText(condition), saw, ...(near !== undefined && { hint: near }) }
  return { rule: name!, verdict: 'skipped', conditions: texts, failed }
}

function explainSchedules(
  asked: readonly Condition[],
  { now }: Scenario,
  { schedules }: Config,
): ExplainedSchedule[] {
  return [...new Set(asked.flatMap(schedulesIn))].map((name) => {
    const schedule = schedules.get(name)!
    return { schedule: name, open: scheduleState(schedule, now).open, says: describeState(schedule, now) }
  })
}

function explainStep(step: WalkedStep, scenario: Scenario, parts: Parts): ExplainedStep {
  const { webhook, decision } = step
  const { mask } = parts
  const written = write(step, scenario, parts)
  const hop = explainHop(step, scenario, parts)
  return {
    webhook,
    reason: mask(decision.reason),
    verbs: decision.steps.map(({ verb }) => verb),
    ...(hop && { hop }),
    passedOver: decision.passedOver.map(({ hop: name, why }) => ({ hop: mask(name), why })),
    warnings: [...decision.warnings, ...written.warnings].map(mask),
    twiml: mask(written.twiml),
  }
}

/** The document; when it cannot be written, what the server answers in its place. */
function write({ decision, from }: WalkedStep, { call, now }: Scenario, { config, writer }: Parts) {
  try {
    return { twiml: writer.write(decision.steps), warnings: [] }
  } catch (error) {
    const why = `${(error as Error).message}; the server answers with what stands behind it`
    return { twiml: writer.write(lastResort(config, call, from, now)), warnings: [why] }
  }
}

function explainHop({ dialled }: WalkedStep, { call }: Scenario, parts: Parts): ExplainedHop | undefined {
  if (!dialled) return undefined
  const { config, mask } = parts
  const { hop, plan, standing, targets } = dialled.dial
  const { outcome } = dialled
  const screen = hop.screen && screenFor(config, plan, call)
  const url = `${config.publicUrl.href}/screen?${planQuery(plan)}`
  return {
    name: mask(hop.name),
    dial: plan.dial,
    standing,
    targets: targets.map((target) => explainTarget(target, mask)),
    next: plan.next.map(mask),
    failoverOn: findDial(config, plan)!.failoverOn,
    outcome: outcomeClass(outcome, hop),
    ...(outcome.code !== undefined && { code: outcome.code }),
    ...(screen && { screen: mask(screenTwiml(screen.screen, screen.text, url)) }),
  }
}

/** How the call ends for its caller. */
function endOf(walked: readonly WalkedStep[]): string {
  const last = walked.at(-1)!
  const { outcome, steps } = last.decision
  if (outcome === 'answered' || outcome === 'canceled') return outcome
  // what follows a recording is mostly nothing: then the recording is what the call came to
  if (last.webhook === '/recorded' && steps.every(isHangup)) return 'record'
  return steps.at(-1)?.verb ?? 'hangup'
}

function isHangup({ verb }: Step): boolean {
  return verb === 'hangup'
}
