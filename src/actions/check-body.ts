import { SIP_KEYS } from '../dial/endpoint.js'
import { isAddress } from '../dial/hop.js'
import { isDial } from '../dial/is-dial.js'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Action, DialAction } from '../model/config.js'
import { DIAL_ATTRIBUTES } from '../twilio/attributes.js'
import type { ActionContext as Context, PlacedAction } from './action-context.js'
import type { BodySource } from './schema.js'
import { ACTION_KINDS, ENDS } from './table.js'

const namesOf = (attributes: readonly { readonly name: string }[]) => attributes.map(({ name }) => name)

/** Beside a dial `record` is about that dial; without one it is a verb. */
const DIAL_KEYS = new Set(['otherwise', 'failoverOn', 'screen', ...namesOf(DIAL_ATTRIBUTES)])
DIAL_KEYS.delete('record')

/** Reports keys of a body that have no meaning beside the others. */
export function checkBeside(body: BodySource, origin: Origin, { report }: Context): void {
  const [first, ...more] = ENDS.filter((verb) => body[verb] !== undefined)
  for (const verb of more)
    report.add(twoEnds(first!, verb), below(origin, verb), 'key', below(origin, first!))
  for (const key in body) {
    if (!body.dial && DIAL_KEYS.has(key)) report.add(noDial(key), below(origin, key), 'key')
    if (SIP_KEYS.has(key) && !holdsUri(body)) report.add(noUri(key), below(origin, key), 'key')
  }
}

/** What belongs to a SIP leg may stand beside a dial only if the dial holds a bare SIP URI. */
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
    message: `${first} and ${second} cannot stand together: either is the last that happens to a call`,
    expected: `one of ${ENDS.join(', ')}`,
    help: `keep one of the two, or move ${second} into otherwise`,
  }
}

function noDial(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} belongs to a dial, and there is none here`,
    expected: `${key} beside dial`,
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
export function checkOrder(actions: readonly PlacedAction[], { report }: Context): void {
  if (actions.length < 2) return
  const last = actions.findIndex(({ value }) => ENDS.includes(value.verb))
  const [ending, next] = [actions[last], actions[last + 1]]
  if (ending && next) report.add(afterLast(ending.value, next.value), next.origin, 'key', ending.origin)
  const at = actions.findIndex(({ value }) => isDial(value))
  const first = actions.slice(0, Math.max(at, 0)).find(({ value }) => ANSWERS.includes(value.verb))
  if (first && isBridged(actions[at]!.value as DialAction))
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
