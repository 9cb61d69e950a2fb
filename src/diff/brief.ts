import { explainTarget } from '../explain/target.js'
import type { Decision, DialStep, Step, Target } from '../model/decision.js'
import { withoutPasswords } from '../sip/passwords.js'
import { attributeTexts, HIDDEN, screenTexts } from './facts.js'
import { lineChanges } from './line-diff.js'

/**
 * What two decisions do that are not the same, in a few words for people: `dial frankfurt, then dublin`. Where the few
 * words are the same, each has besides what the other has not: `dial frankfurt, then dublin, with timeout: 20`.
 */
export function briefs(old: Decision, other: Decision): readonly [old: string, other: string] {
  const [words, words2] = [brief(old), brief(other)]
  if (words !== words2) return [words, words2]
  const { removed, added } = lineChanges(old.steps.flatMap(details), other.steps.flatMap(details))
  if (removed.length + added.length === 0) return [withMore(words, [HIDDEN]), withMore(words, [HIDDEN])]
  return [withMore(words, removed), withMore(words, added)]
}

function withMore(words: string, more: readonly string[]): string {
  return more.length === 0 ? words : `${words}, with ${more.join(', ')}`
}

function brief({ steps }: Decision): string {
  return steps.map(stepBrief).join('; ')
}

function stepBrief(step: Step): string {
  switch (step.verb) {
    case 'dial':
      return `dial ${[rungText(step), ...step.plan.next.map(withoutPasswords)].join(', then ')}`
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
  const places = targets.map((target) => explainTarget(target, withoutPasswords).uri).join(' and ')
  const hop = withoutPasswords(plan.hop)
  return places === hop ? hop : `${hop} (${places})`
}

/** What the few words leave out. */
function details(step: Step): string[] {
  if (step.verb === 'dial') return dialDetails(step)
  return step.verb !== 'hangup' && 'attributes' in step.action ? attributeTexts(step.action.attributes) : []
}

function dialDetails({ hop, targets, callerId }: DialStep): string[] {
  return [
    ...attributeTexts(hop.attributes),
    ...(callerId === undefined ? [] : [`callerId: ${callerId}`]),
    ...(hop.refer ? ['referUrl: true'] : []),
    ...(hop.screen ? screenTexts(hop.screen) : []),
    ...targets.flatMap(targetDetails),
  ]
}

function targetDetails(target: Target): string[] {
  const headers = Object.entries(explainTarget(target, withoutPasswords).headers)
  return [
    ...headers.map(([name, value]) => `header ${name}: ${value}`),
    ...attributeTexts(target.endpoint.attributes),
  ]
}
