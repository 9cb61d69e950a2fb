import { DateTime } from 'luxon'
import { type Call, parseCall } from '../call/call.js'

import { explainCommand } from '../call/explain-command.js'
import { withoutPasswords } from '../sip/passwords.js'

import type { CalledCell } from './called.js'
import type { Comparison } from './compare.js'
import type { Cell } from './domain.js'
import type { Divergence } from './explore.js'
import type { Literal } from './formula.js'
import { type ConfigPair, type Parting, partingOf } from './show.js'

/** A call that comes to a meeting, as `dialsip explain` is asked about it. */
export interface Example {
  readonly to: string
  readonly from: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Further webhook parameters. */
  readonly params: Readonly<Record<string, string>>
}

/** An example and where it goes apart. */
export interface Shown extends Example {
  readonly parting: Parting
}

const SOMEONE = '+491701234567'
const NO_SID = '0'.repeat(32)

/** How many calls are tried where the CallSid or the caller chooses among endpoints. */
const MOST_TRIES = 400

/** A call of this meeting to this address that shows a difference; undefined if none of those tried does. */
export function showDifference(
  both: ConfigPair,
  cell: CalledCell,
  meeting: Divergence,
  { domains }: Pick<Comparison, 'domains'>,
  at: number,
): Shown | undefined {
  const failoverOn = [...meeting.old.failoverOn, ...meeting.new.failoverOn]
  for (const example of examples(cell, meeting, domains, at)) {
    const parting = partingOf(both, callOf(example, both), example.now, failoverOn)
    if (parting) return { ...example, parting }
  }
  return undefined
}

function* examples(
  { address }: CalledCell,
  { old, new: other, calls }: Divergence,
  domains: Comparison['domains'],
  at: number,
): Generator<Example> {
  const chosen = new Map([...calls.cells].map(([asks, [first]]) => [asks, domains.get(asks)![first!]!]))
  const from = chosen.get('from')
  const example: Example = {
    to: address.text,
    from: from?.value ?? SOMEONE,
    now: Number(chosen.get('time')?.value ?? at),
    params: paramsOf(chosen),
  }
  yield example
  if (!old.isSplit && !other.isSplit) return
  for (let number = 1; number < MOST_TRIES; number += 1) {
    const CallSid = `CA${String(number).padStart(32, '0')}`
    yield { ...example, from: otherCaller(from, number), params: { ...example.params, CallSid } }
  }
}

/** Another caller of the same cell, if there is one. */
function otherCaller(from: Cell | undefined, number: number): string {
  if (from && !from.span) return from.value
  const [first, last] = from?.span ?? [Number(SOMEONE), Number(SOMEONE) + MOST_TRIES]
  return `+${first + (number % (last - first + 1))}`
}

/** The parameters in which Twilio tells what literals ask, but for who calls whom. */
function paramsOf(chosen: ReadonlyMap<Literal['asks'], Cell>): Record<string, string> {
  const told = [...chosen.values()].flatMap((cell) => (cell.told ? [cell.told] : []))
  return Object.fromEntries(told.filter(([name, text]) => name !== 'From' && text !== ''))
}

/** The call as Twilio would tell of it, with what `dialsip explain` puts in where nothing is told. */
export function callOf({ to, from, params }: Example, { new: { accounts } }: ConfigPair): Call {
  const AccountSid = accounts[0]?.sid ?? `AC${NO_SID}`
  const parsed = parseCall({ CallSid: `CA${NO_SID}`, AccountSid, To: to, From: from, ...params })
  return (parsed as { call: Call }).call
}

/** The command that explains the call by the new config. */
export function explainExample({ to, from, now, params, parting }: Shown, file: string): string {
  return explainCommand(file, [
    ['to', to],
    ['from', from],
    ['at', instantText(now)],
    ...Object.entries(params).map(([name, value]) =>
      name === 'AccountSid' ? (['account', value] as const) : (['param', `${name}=${value}`] as const),
    ),
    ...parting.outcomes.map(([hop, code]) => ['outcome', `${withoutPasswords(hop)}=${code}`] as const),
  ])
}

/** ISO 8601, by the clock of a zone. */
export function instantText(now: number, zone = 'utc'): string {
  return DateTime.fromMillis(now, { zone }).toISO({ suppressMilliseconds: true })!
}
