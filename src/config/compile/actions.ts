import type { Problem } from '../../fault/problem.js'
import { DIAL_ATTRIBUTES } from '../../twilio/attributes.js'
import type { Action, ActionList, DialAction } from '../config.js'
import type { ActionsSource, BodySource } from '../schema/action.js'
import { below, type Origin } from '../source.js'
import { type Context, follow } from './context.js'
import { compileDial } from './dial.js'
import { circle } from './hops.js'
import { compileVerbs } from './verbs.js'

/** Compiles actions, in order, into one list. A single name gives the named list itself, under its own id. */
export function compileActions(
  source: ActionsSource,
  id: string,
  origin: Origin,
  context: Context,
): ActionList {
  const [first] = source
  if (source.length === 1 && typeof first === 'string')
    return namedActions(first, origin, context) ?? { id, actions: [] }
  const actions = source.flatMap((entry, at) => {
    const here = below(origin, at)
    if (typeof entry === 'string') return namedActions(entry, here, context)?.actions ?? []
    return compileBody(entry, id, here, context)
  })
  checkOrder(actions, origin, context)
  return { id, actions }
}

/** Compiles the one map of a route or a rule into a list. */
export function compileBodyList(body: BodySource, id: string, origin: Origin, context: Context): ActionList {
  const actions = compileBody(body, id, origin, context)
  checkOrder(actions, origin, context)
  return { id, actions }
}

/** Compiles what one map says: its own verbs, then the actions that it names. */
function compileBody(body: BodySource, id: string, origin: Origin, context: Context): readonly Action[] {
  const actions = compileVerbs(body, origin, context)
  if (body.dial) actions.push(compileDial(body, id, otherwiseOf(body, id, origin, context), origin, context))
  else checkNoDial(body, origin, context)
  const further = body.action ? compileActions(body.action, id, below(origin, 'action'), context).actions : []
  const all = [...actions, ...further]
  if (all.length === 0) context.report.add(nothingToDo, origin, 'key')
  return all
}

/** A named list, compiled once. A list on its way to itself is a circle. */
export function namedActions(name: string, origin: Origin, context: Context): ActionList | undefined {
  const done = context.compiled.get(name)
  if (done) {
    context.used.action.add(name)
    return done
  }
  if (context.trail.includes(name)) {
    context.report.add(circle('actions', [...context.trail, name]), origin)
    return undefined
  }
  const item = follow(context, 'action', name, origin) ? context.actions.get(name) : undefined
  if (!item) return undefined
  context.trail.push(name)
  const list = compileActions(item.value, `@${name}`, item.origin, context)
  context.trail.pop()
  context.compiled.set(name, list)
  return list
}

function otherwiseOf(body: BodySource, id: string, origin: Origin, context: Context): ActionList | undefined {
  if (body.otherwise)
    return compileActions(body.otherwise, `${id}/otherwise`, below(origin, 'otherwise'), context)
  const inherited = context.defaultOtherwise()
  if (!inherited) context.report.add(noOtherwise, below(origin, 'dial'), 'key')
  return inherited
}

const noOtherwise: Problem = {
  code: 'no-otherwise',
  message: 'when no endpoint of this dial takes the call, it just ends',
  expected: 'otherwise, here or under defaults',
  cure: 'add otherwise: with an action, such as a voicemail',
}

const nothingToDo: Problem = {
  code: 'missing-key',
  message: 'nothing says what to do with the call',
  expected: 'one of dial, say, play, record, redirect, reject, hangup, action',
  cure: 'add an action',
}

const DIAL_ONLY = [
  'otherwise',
  'failoverOn',
  'screen',
  ...DIAL_ATTRIBUTES.map((attribute) => attribute.name),
].filter((name) => name !== 'record')

/** What belongs to a dial has no meaning without one. */
function checkNoDial(body: BodySource, origin: Origin, { report }: Context): void {
  for (const key of DIAL_ONLY.filter((name) => body[name] !== undefined)) {
    report.add(
      {
        code: 'conflicting-keys',
        message: `${key} belongs to a dial, and there is none here`,
        expected: `${key} beside dial`,
        found: key,
        cure: `remove ${key}, or add dial`,
      },
      below(origin, key),
      'key',
    )
  }
}

/** The call never comes back from these to what stands after them. */
const LAST: readonly Action['verb'][] = ['dial', 'redirect', 'reject', 'hangup']

function checkOrder(actions: readonly Action[], origin: Origin, { report }: Context): void {
  const last = actions.findIndex((action) => LAST.includes(action.verb))
  if (last >= 0 && last < actions.length - 1)
    report.add(afterLast(actions[last]!, actions[last + 1]!), origin)
  const dial = actions.find((action): action is DialAction => action.verb === 'dial')
  const early = dial?.steps.some((step) => 'hop' in step && step.hop.attributes.answerOnBridge === 'true')
  if (early && actions[0] !== dial) report.add(answeredEarly(actions[0]!), origin)
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
    found: verb,
    cure: `remove ${verb}, or set answerOnBridge: false here`,
  }
}
