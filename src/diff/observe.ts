import type { Call } from '../call/call.js'
import type { Config } from '../config/config.js'
import type { Decision, DialStep, Step } from '../routing/decision.js'
import { screenFor } from '../routing/screen-for.js'
import { masked } from './facts.js'

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

/** What a decision does, in a few words for people: `dial frankfurt, then dublin`. */
export function brief({ steps }: Decision): string {
  return steps.map(stepBrief).join('; ')
}

function stepBrief(step: Step): string {
  switch (step.verb) {
    case 'dial':
      return `dial ${[rungText(step), ...step.plan.next.map(masked)].join(', then ')}`
    case 'say':
      return `say "${step.text}"`
    case 'play':
    case 'redirect':
      return `${step.verb} ${step.action.url}`
    case 'reject':
      return `reject ${step.action.reason}`
    case 'record':
      return 'record'
    case 'hangup':
      return 'hang up'
  }
}

/** The hop that rings now, and where it is unless that is its name. */
function rungText({ plan, targets }: DialStep): string {
  const places = targets.map(({ address }) => address.replace(/\?.*$/, '')).join(' and ')
  return masked(places === plan.hop ? places : `${plan.hop} (${places})`)
}
