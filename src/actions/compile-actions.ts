import { compileDial } from '../dial/dial.js'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { follow } from '../model/compile-context.js'
import type { Action, ActionList } from '../model/config.js'
import type { ActionContext as Context, PlacedAction, PlacedList } from './action-context.js'
import { checkBeside, checkOrder } from './check-body.js'
import type { ActionsSource, BodySource } from './schema.js'
import { ELEMENT_KINDS, ENDS, VERBS } from './table.js'

/** Compiles actions, in order, into one list. A single name gives the named list itself, under its own id. */
export function compileActions(
  source: ActionsSource,
  id: string,
  origin: Origin,
  context: Context,
): ActionList {
  return compilePlaced(source, id, origin, context).list
}

/** Compiles the one map of a route or a rule into a list. */
export function compileBodyList(body: BodySource, id: string, origin: Origin, context: Context): ActionList {
  return listOf(id, compileBody(body, id, origin, context), context).list
}

function compilePlaced(source: ActionsSource, id: string, origin: Origin, context: Context): PlacedList {
  const [first] = source
  if (source.length === 1 && typeof first === 'string')
    return namedActions(first, below(origin, 0), context) ?? listOf(id, [], context)
  const placed: PlacedAction[] = []
  for (const [at, entry] of source.entries()) {
    const here = below(origin, at)
    placed.push(...(typeof entry === 'string' ? named(entry, here) : compileBody(entry, id, here, context)))
    if (placed.length > MOST_ACTIONS) {
      context.report.add(tooLong, origin)
      return listOf(id, [], context)
    }
  }
  context.work.add(placed.length, origin)
  return listOf(id, placed, context)

  /** Actions that are named here have their place here: it is here that they may come too late. */
  function named(name: string, here: Origin): PlacedAction[] {
    const actions = namedActions(name, here, context)?.list.actions ?? []
    return actions.map((action) => ({ value: { ...action }, origin: here }))
  }
}

/** More than a call lasts for, and than a TwiML document of 64 kB holds. */
const MOST_ACTIONS = 1000

const tooLong: Problem = {
  code: 'load-limit',
  message: `this list comes to more than ${MOST_ACTIONS} actions, with its named ones written out`,
  expected: `at most ${MOST_ACTIONS}`,
  help: 'take some out',
}

function listOf(id: string, placed: readonly PlacedAction[], context: Context): PlacedList {
  checkOrder(placed, context)
  return { list: { id, actions: placed.map(({ value }) => value) }, placed }
}

/** Compiles what one map says: its own verbs, then the actions that it names. */
function compileBody(
  body: BodySource,
  id: string,
  origin: Origin,
  context: Context,
): readonly PlacedAction[] {
  checkBeside(body, origin, context)
  if (!ACTING.some((key) => body[key] !== undefined)) context.report.addMissing(nothingToDo, origin)
  const actions = compileElements(body, origin, context)
  if (body.dial) actions.push(compileDial(body, id, otherwiseOf(body, id, origin, context), origin, context))
  const placed = actions.map((action) => ({ value: action, origin: below(origin, action.verb) }))
  if (!body.action) return placed
  return [...placed, ...compilePlaced(body.action, id, below(origin, 'action'), context).placed]
}

/** The actions of a map that need no other actions. Of several that end the call the first counts. */
function compileElements(body: BodySource, origin: Origin, context: Context): Action[] {
  const end = ENDS.find((verb) => body[verb] !== undefined)
  return ELEMENT_KINDS.flatMap(({ verb, ends, compile }) => {
    if (body[verb] === undefined || (ends && verb !== end)) return []
    const made = compile(body, origin, context)
    return made ? { verb, ...made } : []
  })
}

/** A named list, compiled once. A list on its way to itself is a circle. */
export function namedActions(name: string, origin: Origin, context: Context): PlacedList | undefined {
  const done = context.compiled.get(name)
  if (done) {
    context.used.action.add(name)
    return done
  }
  const item = follow(context, 'action', name, origin) ? context.actions.get(name) : undefined
  if (!item || !context.actionReferences.leads(context.trail.at(-1), name)) return undefined
  context.trail.push(name)
  const named = compilePlaced(item.value, `@${name}`, item.origin, context)
  context.trail.pop()
  context.compiled.set(name, named)
  return named
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
  help: 'add otherwise: with an action, such as a voicemail',
}

const ACTING = [...VERBS, 'action']

const nothingToDo: Problem = {
  code: 'missing-key',
  message: 'nothing says what to do with the call',
  expected: `one of ${ACTING.join(', ')}`,
  help: 'add an action',
}
