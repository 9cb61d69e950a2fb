import { dialFirst } from '../dial/dial-first.js'
import { hopsOf } from '../dial/order.js'
import { calledOf } from '../dial/plan.js'
import type { Action, ActionList, DialAction } from '../model/config.js'
import type { Resume, Step } from '../model/decision.js'
import type { Progress } from '../routing/progress.js'
import { fillTemplate } from '../template/fill.js'

/** Works a list of actions off, from one of its steps on, into what the TwiML of this call does. */
export function run(list: ActionList, progress: Progress, from = 0): Step[] {
  const steps: Step[] = []
  for (let at = from; at < list.actions.length; at += 1) {
    for (const step of stepsOf(list.actions[at]!, list, at, progress)) steps.push(step)
  }
  return steps
}

function stepsOf(action: Action, list: ActionList, at: number, progress: Progress): Step[] {
  switch (action.verb) {
    case 'dial':
      return runDial(action, progress)
    case 'say':
      return [{ verb: 'say', action, text: fillTemplate(action.text, progress.values, asItIs) }]
    case 'record':
      return [
        {
          verb: 'record',
          action,
          resume: resumeAt(list, at + 1, progress),
        },
      ]
    case 'hangup':
      return [action]
    default:
      return [{ verb: action.verb, action } as Step]
  }
}

function resumeAt({ id }: ActionList, step: number, { call, route, rule, tried }: Progress): Resume {
  return { list: id, step, route, rule, tried, ...calledOf(call) }
}

/** A dial of which no hop can ring does at once what it would do after the last of them. */
export function runDial(dial: DialAction, progress: Progress): Step[] {
  const step = dialFirst(dial, hopsOf(dial.steps, progress.call), progress)
  return step ? [step] : runOtherwise(dial, progress)
}

/** What follows a dial that nobody answered; without `otherwise` the call ends. */
export function runOtherwise(dial: DialAction, progress: Progress): Step[] {
  return dial.otherwise ? run(dial.otherwise, progress) : [{ verb: 'hangup' }]
}

/** Escaping is the business of whoever writes the document. */
function asItIs(value: string): string {
  return value
}
