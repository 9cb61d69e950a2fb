import { actionWords } from '../actions/table.js'
import type { Call } from '../call/call.js'
import type { Outcome } from '../call/outcome.js'
import { advance, decide, resume, screenFor } from '../decide.js'
import { dialStepIn, resumeIn } from '../dial/find-dial.js'
import { explainTarget } from '../explain/explain.js'
import type { Config } from '../model/config.js'
import type { Decision, DialStep, Step, Target } from '../model/decision.js'
import { ALL_UP } from '../model/state.js'
import { withoutPasswords } from '../sip/passwords.js'
import type { ConfigPair } from './diff.js'
import { attributeTexts, HIDDEN, lineChanges, screenTexts } from './facts.js'
import { sorted } from './policy.js'

/** What each config decides after these outcomes of the hops before: at the first decision that differs. */
export interface FirstDifference {
  readonly old: Decision
  readonly new: Decision
  /** SIP codes by the name of the hop in the new config, in order. */
  readonly outcomes: readonly (readonly [hop: string, code: number])[]
}

/** A SIP code for each class of outcome that failover can follow. */
const CODES = [503, 408, 403, 404, 480, 486, 603, 487]

/** How many decisions are compared before a call counts as one without a difference. */
const MOST_DECISIONS = 600

/**
 * Follows a call through both configs, for all outcomes of its hops, to the first decision that a caller or an endpoint
 * notices to be different; undefined when there is none. Breadth first: with the fewest outcomes. All endpoints are up.
 */
export function firstDifference(
  configs: ConfigPair,
  call: Call,
  now: number,
  failoverOn: readonly string[],
): FirstDifference | undefined {
  const codes = [...new Set([...CODES, ...failoverOn.map(Number).filter(Number.isInteger)])]
  const first = { old: decide(configs.old, call, now, ALL_UP), new: decide(configs.new, call, now, ALL_UP) }
  const open: FirstDifference[] = [{ ...first, outcomes: [] }]
  for (let at = 0; at < open.length; at += 1) {
    const reached = open[at]!
    if (observed(reached.old, call, configs.old) !== observed(reached.new, call, configs.new)) return reached
    if (open.length < MOST_DECISIONS) open.push(...after(configs, call, reached, codes))
  }
  return undefined
}

/** What may come next. The decisions were alike so far, so both ring a hop, both record, or both end the call. */
function after(
  configs: ConfigPair,
  call: Call,
  { old, new: other, outcomes }: FirstDifference,
  codes: readonly number[],
): FirstDifference[] {
  const records = [resumeIn(old.steps), resumeIn(other.steps)]
  if (records[0] && records[1])
    return [
      {
        old: resume(configs.old, call, records[0], ALL_UP),
        new: resume(configs.new, call, records[1], ALL_UP),
        outcomes,
      },
    ]
  const [dial, dial2] = [dialStepIn(old.steps), dialStepIn(other.steps)]
  if (!dial || !dial2) return []
  return codes.map((code) => {
    const outcome = outcomeOf(code)
    return {
      old: advance(configs.old, call, dial.plan, outcome, ALL_UP),
      new: advance(configs.new, call, dial2.plan, outcome, ALL_UP),
      outcomes: [...outcomes, [dial2.plan.hop, code]],
    }
  })
}

/** What Twilio sends for a hop that ended with a code. */
function outcomeOf(code: number): Outcome {
  const status = code === 487 ? 'no-answer' : code === 486 || code === 600 ? 'busy' : 'failed'
  return { status, code, rang: false, bridged: undefined }
}

/**
 * What the caller and the endpoints notice of a decision, as a text: equal texts, no difference. It leaves out the URLs
 * that lead back to dialsip, and the names of routes, rules and endpoints. Holds secrets.
 */
export function observed({ steps }: Decision, call: Call, config: Config): string {
  return JSON.stringify(steps.map((step) => stepSeen(step, call, config)))
}

function stepSeen(step: Step, call: Call, config: Config): unknown {
  if ('hop' in step) return dialSeen(step, call, config)
  return [step.verb, step.text, sorted(step.action.attributes)]
}

function dialSeen({ hop, targets, callerId, plan }: DialStep, call: Call, config: Config): unknown {
  const asked = hop.screen && screenFor(config, plan, call)
  const screen = asked && { ...asked.screen, say: asked.text, attributes: sorted(asked.screen.attributes) }
  const seen = targets.map(({ endpoint, address }) => [address, sorted(endpoint.attributes)])
  return ['dial', seen, sorted(hop.attributes), callerId, screen, hop.refer, hop.noProgress]
}

/**
 * What two decisions do, in a few words for people: `dial frankfurt, then dublin`. Where these words are the same,
 * the details that differ are added: `dial frankfurt, then dublin, with timeout: 20`.
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
  if (!('hop' in step)) return actionWords(step.verb, step.text)
  return `dial ${[rungText(step), ...step.plan.next.map(withoutPasswords)].join(', then ')}`
}

/** The hop that rings now, with its URIs if its name is not the URI. */
function rungText({ plan, targets }: DialStep): string {
  const places = targets.map((target) => explainTarget(target, withoutPasswords).uri).join(' and ')
  const hop = withoutPasswords(plan.hop)
  return places === hop ? hop : `${hop} (${places})`
}

/** What `brief` leaves out. */
function details(step: Step): string[] {
  return 'hop' in step ? dialDetails(step) : attributeTexts(step.action.attributes)
}

function dialDetails({ hop, targets, callerId }: DialStep): string[] {
  return [
    ...attributeTexts(hop.attributes),
    ...(callerId === undefined ? [] : [`callerId: ${callerId}`]),
    ...(hop.refer ? ['referUrl: true'] : []),
    ...(hop.noProgress === undefined ? [] : [`noProgress: ${hop.noProgress}`]),
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
