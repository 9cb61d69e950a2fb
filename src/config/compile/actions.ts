import type { Problem } from '../../fault/problem.js'
import type { Action, ActionList } from '../config.js'
import type { ActionsSource, BodySource } from '../schema/action.js'
import { below, type Origin } from '../source.js'
import { checkOrder } from './action-order.js'
import { checkBeside } from './beside.js'
import { circle } from './circle.js'
import { type Context, follow } from './context.js'
import { compileDial } from './dial.js'
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
    return namedActions(first, below(origin, 0), context) ?? { id, actions: [] }
  const actions = source.flatMap((entry, at) => {
    const here = below(origin, at)
    return typeof entry === 'string' ? named(entry, here) : compileBody(entry, id, here, context)
  })
  checkOrder(actions, context)
  return { id, actions }

  /** Actions that are named here have their place here: it is here that they may come too late. */
  function named(name: string, here: Origin): readonly Action[] {
    const copies = namedActions(name, here, context)?.actions.map((action) => ({ ...action })) ?? []
    for (const action of copies) context.places.set(action, here)
    return copies
  }
}

/** Compiles the one map of a route or a rule into a list. */
export function compileBodyList(body: BodySource, id: string, origin: Origin, context: Context): ActionList {
  const actions = compileBody(body, id, origin, context)
  checkOrder(actions, context)
  return { id, actions }
}

/** Compiles what one map says: its own verbs, then the actions that it names. */
function compileBody(body: BodySource, id: string, origin: Origin, context: Context): readonly Action[] {
  checkBeside(body, origin, context)
  if (!ACTING.some((key) => body[key] !== undefined)) context.report.addMissing(nothingToDo, origin)
  const actions = compileVerbs(body, origin, context)
  if (body.dial) actions.push(compileDial(body, id, otherwiseOf(body, id, origin, context), origin, context))
  for (const action of actions) context.places.set(action, below(origin, action.verb))
  const further = body.action ? compileActions(body.action, id, below(origin, 'action'), context).actions : []
  return [...actions, ...further]
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

const ACTING = ['dial', 'say', 'play', 'record', 'redirect', 'reject', 'hangup', 'action']

const nothingToDo: Problem = {
  code: 'missing-key',
  message: 'nothing says what to do with the call',
  expected: `one of ${ACTING.join(', ')}`,
  cure: 'add an action',
}
