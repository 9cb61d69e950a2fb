import { dialStepIn } from '../dial/find-dial.js'
import type { Decision } from '../model/decision.js'
import type { DecisionNote } from './webhook-record.js'

/** A decision in short: what it says, without the config that it points into. */
export function noteOf(decision: Decision): DecisionNote {
  const dial = dialStepIn(decision.steps)
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
    notUp: dial?.notUp,
  }
}
