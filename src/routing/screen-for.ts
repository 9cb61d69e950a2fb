import type { Call } from '../call/call.js'
import type { Config, Screen } from '../config/config.js'
import { fillTemplate } from '../template/fill.js'
import { findDial } from './find-dial.js'
import { allHops } from './hop-names.js'
import type { Plan } from './plan.js'
import { valuesOf } from './values.js'

/** The screen of the hop that a plan names, and its text for this call; undefined when it is gone. */
export function screenFor(
  config: Config,
  plan: Plan,
  call: Call,
): { screen: Screen; text: string } | undefined {
  const dial = findDial(config, plan)
  const screen = dial && allHops(dial).find((hop) => hop.name === plan.hop)?.screen
  if (!screen) return undefined
  const values = valuesOf(call, { wild: '', values: undefined })
  return { screen, text: fillTemplate(screen.say, values, (value) => value) }
}
