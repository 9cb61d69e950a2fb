import { TwimlWriter } from '../actions/twiml-writer.js'
import { accountNamed } from '../config/account-named.js'
import type { Config } from '../model/config.js'
import type { Step } from '../model/decision.js'
import { nearMisses } from '../numbers/near-misses.js'
import { lookUp } from '../numbers/number-index.js'
import { secretMasker } from '../sip/secret-masker.js'
import { candidates } from './candidates.js'
import type { ExplainedNumber, Explanation } from './explanation.js'
import { explainRules, explainSchedules } from './rules.js'
import type { Scenario } from './scenario.js'
import { explainStep, type Parts } from './step.js'
import { type WalkedStep, walk } from './walk.js'

/** Explains the calls of one config. */
export type Explainer = (scenario: Scenario) => Explanation

/** Makes what explains the calls of a config: it decides as the server does, and says why. */
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
