import type { DecisionNote } from '../call/webhook-record.js'
import type { Decision, DialStep } from './decision.js'
import { BETWEEN_ENDPOINTS } from './plan.js'
import type { State } from './state.js'

/** A decision in short: what it says, without the config that it points into. */
export function noteOf(decision: Decision, state: State): DecisionNote {
  const dial = dialOf(decision)
  return {
    route: decision.route,
    rule: decision.rule,
    reason: decision.reason,
    verbs: decision.steps.map((step) => step.verb),
    hop: dial?.hop.name,
    next: dial?.plan.next,
    outcome: decision.outcome,
    skipped: decision.skipped.map(({ rule, condition, saw }) => ({ rule, condition: condition.key, saw })),
    passedOver: decision.passedOver,
    notUp: dial && notUp(dial, state),
  }
}

/** The dial that a decision ends in, if it does. */
export function dialOf({ steps }: Decision): DialStep | undefined {
  return steps.find((step): step is DialStep => step.verb === 'dial')
}

/** How those endpoints of a dial stand that are not up; undefined when all are. */
function notUp({ plan }: DialStep, state: State): Readonly<Record<string, string>> | undefined {
  const found: [string, string][] = []
  for (const hop of [plan.hop, ...plan.next]) {
    for (const endpoint of hop.split(BETWEEN_ENDPOINTS)) {
      const standing = state.standing(endpoint)
      if (standing !== 'up') found.push([endpoint, standing])
    }
  }
  return found.length > 0 ? Object.fromEntries(found) : undefined
}
