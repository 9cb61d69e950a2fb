import { classify, type Outcome, type OutcomeClass, readOutcome } from '../call/outcome.js'
import { advance, decide, resume } from '../decide.js'
import { dialStepIn, resumeIn } from '../dial/find-dial.js'
import { isScreened } from '../dial/screen.js'
import type { Config } from '../model/config.js'
import type { Decision, DialStep, Plan } from '../model/decision.js'
import type { Scenario } from './scenario.js'

/** One webhook of an imagined call, and the outcome of the hop that rings. */
export interface WalkedStep {
  readonly webhook: '/voice' | '/dialed' | '/recorded'
  readonly decision: Decision
  /** The plan in the URL of the webhook. */
  readonly from: Plan | undefined
  readonly dialled: { readonly dial: DialStep; readonly outcome: Outcome } | undefined
}

const ANSWERED = readOutcome('answered')!

/**
 * Every webhook of a call from the first to the last, each decided by the functions that the server calls, with the
 * outcomes that the scenario gives.
 */
export function walk(config: Config, scenario: Scenario): WalkedStep[] {
  const { call, now, state, outcomes } = scenario
  const steps = [walked('/voice', decide(config, call, now, state))]
  for (let next = after(steps.at(-1)!); next; next = after(steps.at(-1)!)) steps.push(next)
  return steps

  function after({ decision, dialled }: WalkedStep): WalkedStep | undefined {
    if (dialled)
      return walked(
        '/dialed',
        advance(config, call, dialled.dial.plan, dialled.outcome, state),
        dialled.dial.plan,
      )
    const from = resumeIn(decision.steps)
    return from && walked('/recorded', resume(config, call, from, state))
  }

  function walked(webhook: WalkedStep['webhook'], decision: Decision, from?: Plan): WalkedStep {
    const dial = dialStepIn(decision.steps)
    const first = resumeIn(decision.steps)
    return {
      webhook,
      decision,
      from,
      dialled: dial && !first ? { dial, outcome: outcomeOf(dial) } : undefined,
    }
  }

  function outcomeOf({ hop, targets }: DialStep): Outcome {
    const endpoints = targets.map(({ endpoint }) => endpoint.name)
    return outcomeOfHop(outcomes, { name: hop.name, endpoints, screened: isScreened(hop) })
  }
}

/** A hop as its outcome depends on it. */
interface RungHop {
  readonly name: string
  readonly endpoints: readonly string[]
  /** Whether a callee may refuse the call after answering it. */
  readonly screened: boolean
}

/** The outcome given for the hop as a whole, else the loudest of its endpoints, of which one without any answers. */
export function outcomeOfHop(
  outcomes: ReadonlyMap<string, Outcome>,
  { name, endpoints, screened }: RungHop,
): Outcome {
  const each = endpoints.map((endpoint) => outcomes.get(endpoint) ?? ANSWERED)
  return outcomes.get(name) ?? loudest(each, screened)
}

/** The class that `advance` gives an outcome. */
export function outcomeClass(outcome: Outcome, hop: DialStep['hop']): OutcomeClass {
  return classify(outcome, isScreened(hop))
}

/** Which outcome Twilio reports when several endpoints ring at the same time: the first of these. */
const LOUDEST: readonly OutcomeClass[] = [
  ...(['answered', 'canceled', 'noAnswer', 'declined', 'busy', 'unavailable'] as const),
  ...(['notFound', 'rejected', 'serverError', 'unreachable'] as const),
]

/** The one outcome that Twilio reports for endpoints that rang at the same time. */
function loudest(outcomes: readonly Outcome[], screened: boolean): Outcome {
  const rank = (outcome: Outcome) => LOUDEST.indexOf(classify(outcome, screened))
  return outcomes.reduce((best, outcome) => (rank(outcome) < rank(best) ? outcome : best))
}
