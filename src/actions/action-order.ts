import type { Problem } from '../errors/problem.js'
import type { Action, DialAction } from '../model/config.js'
import type { ActionContext as Context, PlacedAction } from './action-context.js'

/** The call never comes back from these to what stands after them. */
const LAST: readonly Action['verb'][] = ['dial', 'redirect', 'reject', 'hangup']

/** Reports what is never reached, and an `answerOnBridge` that comes too late. */
export function checkOrder(actions: readonly PlacedAction[], { report }: Context): void {
  if (actions.length < 2) return
  const last = actions.findIndex(({ value }) => LAST.includes(value.verb))
  const [ending, next] = [actions[last], actions[last + 1]]
  if (ending && next) report.add(afterLast(ending.value, next.value), next.origin, 'key', ending.origin)
  const [first] = actions
  const dial = actions.find(({ value }) => value.verb === 'dial')
  if (first && dial && first !== dial && isBridged(dial.value as DialAction))
    report.add(answeredEarly(first.value), first.origin, 'key')
}

function isBridged({ steps }: DialAction): boolean {
  return steps.some((step) => 'hop' in step && step.hop.attributes.answerOnBridge === 'true')
}

function afterLast({ verb }: Action, next: Action): Problem {
  return {
    code: 'action-order',
    message: `${next.verb} is never reached: the call does not come back from ${verb}`,
    expected: `${verb} as the last action`,
    found: `${verb}, ${next.verb}`,
    help: verb === 'dial' ? `move ${next.verb} into otherwise` : `move ${next.verb} before ${verb}`,
  }
}

function answeredEarly({ verb }: Action): Problem {
  return {
    code: 'answer-on-bridge',
    message: `answerOnBridge has no effect after ${verb}, which answers the call`,
    expected: 'dial as the first action',
    help: `remove ${verb}, or set answerOnBridge: false here`,
  }
}
