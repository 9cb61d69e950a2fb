import type { Call } from '../call/call.js'
import { screenFor } from '../decide.js'
import type { Config } from '../model/config.js'
import type { Decision, DialStep, Step } from '../model/decision.js'

/**
 * What the caller and the endpoints notice of a decision at once, as a text that is equal if they notice the same.
 * The URLs that lead back to dialsip are not in it, nor the names of routes, rules and endpoints. Holds secrets.
 */
export function observed({ steps }: Decision, call: Call, config: Config): string {
  return JSON.stringify(steps.map((step) => stepSeen(step, call, config)))
}

function stepSeen(step: Step, call: Call, config: Config): unknown {
  if (step.verb === 'dial') return dialSeen(step, call, config)
  if (step.verb === 'hangup') return step
  if (step.verb === 'say') return ['say', step.text, sorted(step.action.attributes)]
  const { verb, ...seen } = step.action
  return [verb, 'attributes' in seen ? { ...seen, attributes: sorted(seen.attributes) } : seen]
}

function dialSeen({ hop, targets, callerId, plan }: DialStep, call: Call, config: Config): unknown {
  const asked = hop.screen && screenFor(config, plan, call)
  const screen = asked && { ...asked.screen, say: asked.text, attributes: sorted(asked.screen.attributes) }
  const seen = targets.map(({ endpoint, address }) => [address, sorted(endpoint.attributes)])
  return ['dial', seen, sorted(hop.attributes), callerId, screen, hop.refer]
}

function sorted(attributes: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(attributes).sort()
}
