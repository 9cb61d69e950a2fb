import type { Problem } from '../../fault/problem.js'
import type { Action, DialAction } from '../config.js'
import type { Context } from './context.js'

/** The call never comes back from these to what stands after them. */
const LAST: readonly Action['verb'][] = ['dial', 'redirect', 'reject', 'hangup']

/** Reports what is never reached, and an `answerOnBridge` that comes too late. */
export function checkOrder(actions: readonly Action[], { places, report }: Context): void {
  const last = actions.findIndex((action) => LAST.includes(action.verb))
  const [ending, next] = [actions[last], actions[last + 1]]
  if (ending && next) report.add(afterLast(ending, next), places.get(next)!, 'key', places.get(ending))
  const [first] = actions
  const dial = actions.find((action): action is DialAction => action.verb === 'dial')
  const late = dial?.steps.some((step) => 'hop' in step && step.hop.attributes.answerOnBridge === 'true')
  if (first && late && first !== dial) report.add(answeredEarly(first), places.get(first)!, 'key')
}

function afterLast({ verb }: Action, next: Action): Problem {
  return {
    code: 'action-order',
    message: `${next.verb} is never reached: the call does not come back from ${verb}`,
    expected: `${verb} as the last action`,
    found: `${verb}, ${next.verb}`,
    cure: verb === 'dial' ? `move ${next.verb} into otherwise` : `move ${next.verb} before ${verb}`,
  }
}

function answeredEarly({ verb }: Action): Problem {
  return {
    code: 'answer-on-bridge',
    message: `answerOnBridge has no effect after ${verb}, which answers the call`,
    expected: 'dial as the first action',
    cure: `remove ${verb}, or set answerOnBridge: false here`,
  }
}
