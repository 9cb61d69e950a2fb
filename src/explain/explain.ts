import { TwimlWriter } from '../actions/twiml-writer.js'
import { hint, schedulesOf } from '../conditions/table.js'
import { lastResort, screenFor } from '../decide.js'
import { findDial } from '../dial/find-dial.js'
import { planQuery } from '../dial/plan.js'
import { screenTwiml } from '../dial/screen.js'
import { accountNamed } from '../for-account.js'
import { CONFIG_RULES, type Condition, type Config, type Route, type Rule } from '../model/config.js'
import type { Decision, Step, Target } from '../model/decision.js'
import { instantText } from '../schedule/instant.js'
import { describeState, scheduleState } from '../schedule/state.js'
import { percentDecode } from '../sip/escape.js'
import { cut } from '../sip/grammar.js'
import { secretMasker } from '../sip/masker.js'
import { explainNumber } from './explain-number.js'
import type {
  ExplainedHop,
  ExplainedRule,
  ExplainedSchedule,
  ExplainedStep,
  ExplainedTarget,
  Explanation,
} from './explanation.js'
import type { Scenario } from './scenario.js'
import { outcomeClass, type WalkedStep, walk } from './walk.js'

/** Explains the calls of one config. */
export type Explainer = (scenario: Scenario) => Explanation

/** Makes a function that explains calls of a config: it decides as the server does, and says why. */
export function explainer(config: Config): Explainer {
  const parts = { config, mask: secretMasker(config.secrets), writer: new TwimlWriter(config.publicUrl) }
  return (scenario) => explain(scenario, parts)
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
      ...(config.accounts.length > 1 && {
        account: accountNamed(config, call.accountSid)?.name ?? call.accountSid,
      }),
      at: new Date(now).toISOString(),
    },
    number: explainNumber(call.to, config.numbers),
    ...(config.rules.length > 0 && { configRules: rules.ofConfig }),
    route,
    rule,
    ...placed('routePlace', config.routes.get(route)),
    reason,
    rules: rules.explained,
    schedules: explainSchedules(rules.asked, scenario, config),
    steps: walked.map((step) => explainStep(step, scenario, parts)),
    dials: walked.flatMap(({ dialled }) => (dialled ? [parts.mask(dialled.dial.hop.name)] : [])),
    end: endOf(walked),
  }
}

/** A key with the place of something, if it is known. */
function placed<K extends string>(key: K, thing: Pick<Route, 'place'> | undefined): { [key in K]?: string } {
  return (thing?.place === undefined ? {} : { [key]: thing.place }) as { [key in K]?: string }
}

/** How the call ends for its caller. */
function endOf(walked: readonly WalkedStep[]): string {
  const last = walked.at(-1)!
  const { outcome, steps } = last.decision
  if (outcome === 'answered' || outcome === 'canceled') return outcome
  // mostly nothing follows a recording: then the call ends with the recording
  if (last.webhook === '/recorded' && steps.every(isHangup)) return 'record'
  return steps.at(-1)?.verb ?? 'hangup'
}

function isHangup({ verb }: Step): boolean {
  return verb === 'hangup'
}

/** The rules of the config and of the route as `decide` went through them, and the conditions that it looked at. */
function explainRules(decision: Decision, scenario: Scenario, config: Config) {
  const named = (config.routes.get(decision.route)?.rules ?? []).filter(({ name }) => name !== undefined)
  const ofConfig = explainList(config.rules, decision.route === '' ? decision.rule : '', `${CONFIG_RULES}/`)
  const ofRoute = explainList(named, decision.rule, '')
  return {
    ofConfig: ofConfig.explained,
    explained: ofRoute.explained,
    asked: [...ofConfig.asked, ...ofRoute.asked],
  }

  function explainList(rules: readonly Rule[], fitting: string, owner: string) {
    const fits = rules.findIndex(({ name }) => name === fitting)
    const reached = fits < 0 ? rules : rules.slice(0, fits + 1)
    return {
      explained: rules.map((rule, at) => explainRule(rule, at === fits, owner)),
      asked: reached.flatMap((rule) => rule.conditions),
    }
  }

  function explainRule({ name, conditions, place }: Rule, fits: boolean, owner: string): ExplainedRule {
    const skipped = decision.skipped.find(({ rule }) => rule === `${owner}${name}`)
    const texts = conditions.map(({ text }) => text)
    const about = { rule: name!, conditions: texts, ...placed('place', { place }) }
    if (!skipped) return { ...about, verdict: fits ? 'fits' : 'not reached' }
    const { condition, saw } = skipped
    const near = hint(condition, scenario.call)
    const failed = { condition: condition.text, saw, ...(near !== undefined && { hint: near }) }
    return { ...about, verdict: 'skipped', failed }
  }
}

/** The schedules that the conditions ask, each once. */
function explainSchedules(
  asked: readonly Condition[],
  { now }: Scenario,
  { schedules }: Config,
): ExplainedSchedule[] {
  return [...new Set(schedulesOf(asked))].map((name) => {
    const schedule = schedules.get(name)!
    const { timezone } = schedule
    return {
      schedule: name,
      open: scheduleState(schedule, now).open,
      says: describeState(schedule, now),
      local: instantText(now, timezone),
      timezone,
    }
  })
}

/** What all steps of a config are explained with. */
interface Parts {
  readonly config: Config
  readonly mask: (text: string) => string
  readonly writer: TwimlWriter
}

/** One webhook of a call with its answer, secrets masked. */
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
    const why = `${(error as Error).message}; the server answers with what comes after it`
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
    ...(hop.noProgress !== undefined && { noProgress: hop.noProgress }),
    outcome: outcomeClass(outcome, hop),
    ...(outcome.code !== undefined && { code: outcome.code }),
    ...(screen && { screen: mask(screenTwiml(screen.screen, screen.text, url)) }),
  }
}

/** The parts of the address of a `<Sip>` or `<Number>`, for people and for tests. */
export function explainTarget(
  { endpoint, address }: Target,
  mask: (text: string) => string,
): ExplainedTarget {
  // "?" and ";" may be in the user part as well (RFC 3261 §25.1), which ends at the only "@"
  const [uri, headers] = cut(address, '?', address.indexOf('@') + 1)
  const place = uri.slice(uri.indexOf('@') + 1)
  return {
    endpoint: mask(endpoint.name),
    uri: mask(uri),
    region: /;(?:region|edge)=([^;]+)/i.exec(place)?.[1] ?? '',
    headers: Object.fromEntries((headers?.split('&') ?? []).map((pair) => header(pair, mask))),
    ...placed('place', endpoint),
  }
}

/** dialsip wrote the headers itself, so they are well-formed. */
function header(pair: string, mask: (text: string) => string): [name: string, value: string] {
  const [name, value] = pair.split('=') as [string, string]
  return [percentDecode(name)!, mask(percentDecode(value)!)]
}
