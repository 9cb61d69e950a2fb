import type { Call } from '../call/call.js'
import { type Matched, valuesOf } from '../call/values.js'
import type { Config, Screen } from '../model/config.js'
import { claimFor, forAccount } from '../routing/for-account.js'
import { fillTemplate } from '../template/fill.js'
import { findDial } from './find-dial.js'
import { allHops } from './hop-names.js'
import type { Plan } from './plan.js'

/** The screen of the hop that a plan names, and its text for this call; undefined when it is gone. */
export function screenFor(
  whole: Config,
  plan: Plan,
  call: Call,
): { screen: Screen; text: string } | undefined {
  const config = forAccount(whole, call.accountSid)
  const dial = findDial(config, plan)
  const screen = dial && allHops(dial).find((hop) => hop.name === plan.hop)?.screen
  if (!screen) return undefined
  const values = valuesOf(call, matchedOf(config, call))
  return { screen, text: fillTemplate(screen.say, values, (value) => value) }
}

/** `To` is the leg's own, and no route was chosen by it, but where the plan says who is called. */
function matchedOf(config: Config, { called, to }: Call): Matched {
  const found = called === undefined ? undefined : claimFor(config, to)
  return { wild: found?.wild ?? '', values: found?.claim.values }
}
