import { compileDial } from '../dial/dial.js'
import { SIP_KEYS } from '../dial/endpoint.js'
import { isAddress } from '../dial/hop.js'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { follow } from '../model/compile-context.js'
import { type Action, type ActionList, type DialAction, isDial } from '../model/config.js'
import { DIAL_ATTRIBUTES } from '../twilio/attributes.js'
import type { ActionContext as Context, PlacedAction, PlacedList } from './action.js'
import type { ActionsSource, BodySource } from './schema.js'
import { ACTION_KINDS, ELEMENT_KINDS, ENDS, VERBS } from './table.js'

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
  help: 'name fewer actions here',
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
  checkKeys(body, origin, context)
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
  message: 'the call ends when no endpoint of this dial answers',
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

const namesOf = (attributes: readonly { readonly name: string }[]) => attributes.map(({ name }) => name)

/** Next to a dial `record` is about that dial; without one it is a verb. */
const DIAL_KEYS = new Set(['otherwise', 'failoverOn', 'screen', ...namesOf(DIAL_ATTRIBUTES)])
DIAL_KEYS.delete('record')

/** Reports keys of a body that have no meaning next to the others. */
function checkKeys(body: BodySource, origin: Origin, { report }: Context): void {
  const [first, ...more] = ENDS.filter((verb) => body[verb] !== undefined)
  for (const verb of more)
    report.add(twoEnds(first!, verb), below(origin, verb), 'key', below(origin, first!))
  for (const key in body) {
    if (!body.dial && DIAL_KEYS.has(key)) report.add(noDial(key), below(origin, key), 'key')
    if (SIP_KEYS.has(key) && !holdsUri(body)) report.add(noUri(key), below(origin, key), 'key')
  }
}

/** What belongs to a SIP leg may be next to a dial only if the dial holds a bare SIP URI. */
function holdsUri({ dial = [] }: BodySource): boolean {
  return dial.some((entry) =>
    typeof entry === 'string'
      ? isAddress(entry)
      : entry.uri || entry.ring?.some((member) => typeof member === 'string' && isAddress(member)),
  )
}

function twoEnds(first: string, second: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${first} and ${second} exclude each other: either is the last that happens to a call`,
    expected: `one of ${ENDS.join(', ')}`,
    help: `keep one of the two, or move ${second} into otherwise`,
  }
}

function noDial(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} belongs to a dial, and there is none here`,
    expected: `${key} next to dial`,
    help: `remove ${key}, or add dial`,
  }
}

function noUri(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} holds for bare SIP URIs, and no dial here has one`,
    expected: `${key} at the endpoint`,
    help: `move ${key} to the endpoint that it is meant for`,
  }
}

/** Those for which Twilio answers the call. */
const ANSWERS = ACTION_KINDS.filter(({ answers }) => answers).map(({ verb }) => verb)

/** Reports what is never reached, and an `answerOnBridge` that comes too late. */
function checkOrder(actions: readonly PlacedAction[], { report }: Context): void {
  if (actions.length < 2) return
  const last = actions.findIndex(({ value }) => ENDS.includes(value.verb))
  const [ending, next] = [actions[last], actions[last + 1]]
  if (ending && next) report.add(afterLast(ending.value, next.value), next.origin, 'key', ending.origin)
  const at = actions.findIndex(({ value }) => isDial(value))
  const first = actions.slice(0, Math.max(at, 0)).find(({ value }) => ANSWERS.includes(value.verb))
  if (first && isBridged(actions[at]!.value as DialAction))
    report.add(answeredEarly(first.value), first.origin, 'key')
}

function isBridged({ entries }: DialAction): boolean {
  return entries.some((entry) => 'hop' in entry && entry.hop.attributes.answerOnBridge === 'true')
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
