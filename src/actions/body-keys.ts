import { SIP_KEYS } from '../dial/endpoint.js'
import { isAddress } from '../dial/hop.js'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext as Context } from '../model/compile-context.js'
import { DIAL_ATTRIBUTES } from '../twilio/attributes.js'
import { recordProblem } from './record.js'
import type { BodySource } from './schema.js'

const namesOf = (attributes: readonly { readonly name: string }[]) => attributes.map(({ name }) => name)

/** Beside a dial `record` is about that dial; without one it is a verb. */
const DIAL_KEYS = new Set(['otherwise', 'failoverOn', 'screen', ...namesOf(DIAL_ATTRIBUTES)])
DIAL_KEYS.delete('record')

/** The verbs that end a call or hand it on: only one of them can stand in a map. */
const ENDS = ['dial', 'redirect', 'reject', 'hangup'] as const

/** Reports keys of a body that have no meaning beside the others. */
export function checkBeside(body: BodySource, origin: Origin, { report }: Context): void {
  const [first, ...more] = ENDS.filter((verb) => body[verb] !== undefined)
  for (const verb of more)
    report.add(twoEnds(first!, verb), below(origin, verb), 'key', below(origin, first!))
  for (const key in body) {
    if (!body.dial && DIAL_KEYS.has(key)) report.add(noDial(key), below(origin, key), 'key')
    if (SIP_KEYS.has(key) && !holdsUri(body)) report.add(noUri(key), below(origin, key), 'key')
  }
  const record = recordProblem(body)
  if (record) report.add(record, below(origin, 'record'))
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
