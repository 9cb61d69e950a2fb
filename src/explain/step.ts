import type { TwimlWriter } from '../actions/twiml-writer.js'
import { lastResort, screenFor } from '../decide.js'
import { findDial } from '../dial/find-dial.js'
import { planQuery } from '../dial/plan.js'
import { screenTwiml } from '../dial/screen-element.js'
import type { Config } from '../model/config.js'
import type { ExplainedHop, ExplainedStep } from './explanation.js'
import type { Scenario } from './scenario.js'
import { explainTarget } from './target.js'
import { outcomeClass, type WalkedStep } from './walk.js'

/** What every step of a config is explained with. */
export interface Parts {
  readonly config: Config
  readonly mask: (text: string) => string
  readonly writer: TwimlWriter
}

/** One webhook of a call with its answer, secrets masked. */
export function explainStep(step: WalkedStep, scenario: Scenario, parts: Parts): ExplainedStep {
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
