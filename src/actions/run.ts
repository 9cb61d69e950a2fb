import { calledOf } from '../dial/plan.js'
import { type Action, type ActionList, type DialAction, isDial } from '../model/config.js'
import type { ActionResult, Frame, Resume } from '../model/decision.js'
import { fillTemplate } from '../template/template.js'
import { runDial } from './dial.js'
import { HANG_UP } from './hangup.js'
import { elementKind } from './table.js'

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
  if (isDial(action)) return dialResult(action, frame)
  const { verb, value } = action
  const text = fillTemplate(value, frame.values)
  const resume = elementKind(verb).resumes && resumeAt(list, at + 1, frame)
  return { steps: [{ verb, action, text, resume }], passedOver: [], warnings: [] }
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
  return otherwise ? run(otherwise, frame) : { steps: [HANG_UP], passedOver: [], warnings: [] }
}
