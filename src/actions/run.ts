import { calledOf } from '../dial/plan.js'
import type { Action, ActionList, DialAction } from '../model/config.js'
import type { ActionResult, Resume, Step } from '../model/decision.js'
import type { Frame } from '../model/frame.js'
import { fillTemplate } from '../template/template.js'
import { runDial } from './dial.js'

/** Runs a list of actions, from one of its steps on: what the TwiML of this call does. */
export function run(list: ActionList, frame: Frame, from = 0): ActionResult {
  const { actions } = list
  if (actions.length === from + 1) return resultOf(actions[from]!, list, from, frame)
  return joined(actions.slice(from).map((action, at) => resultOf(action, list, from + at, frame)))
}

function joined(results: readonly ActionResult[]): ActionResult {
  return {
    steps: results.flatMap(({ steps }) => steps),
    passedOver: results.flatMap(({ passedOver }) => passedOver),
    warnings: results.flatMap(({ warnings }) => warnings),
  }
}

function resultOf(action: Action, list: ActionList, at: number, frame: Frame): ActionResult {
  if (action.verb === 'dial') return dialResult(action, frame)
  return { steps: [stepOf(action, list, at, frame)], passedOver: [], warnings: [] }
}

function stepOf(action: Exclude<Action, DialAction>, list: ActionList, at: number, frame: Frame): Step {
  switch (action.verb) {
    case 'say':
      return { verb: 'say', action, text: fillTemplate(action.text, frame.values, asItIs) }
    case 'record':
      return { verb: 'record', action, resume: resumeAt(list, at + 1, frame) }
    case 'hangup':
      return action
    default:
      return { verb: action.verb, action } as Step
  }
}

function resumeAt({ id }: ActionList, step: number, { call, route, rule, tried }: Frame): Resume {
  return { list: id, step, route, rule, tried, ...calledOf(call) }
}

/** A dial of which no hop can ring does at once what it would do after the last of them. */
function dialResult(dial: DialAction, frame: Frame): ActionResult {
  const { step, passedOver, warnings } = runDial(dial, frame)
  if (step) return { steps: [step], passedOver, warnings }
  return joined([{ steps: [], passedOver, warnings }, runOtherwise(dial, frame)])
}

/** What follows a dial that nobody answered; without `otherwise` the call ends. */
export function runOtherwise({ otherwise }: DialAction, frame: Frame): ActionResult {
  return otherwise ? run(otherwise, frame) : { steps: [{ verb: 'hangup' }], passedOver: [], warnings: [] }
}

/** Escaping is done where the document is written. */
function asItIs(value: string): string {
  return value
}
