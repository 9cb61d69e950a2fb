import { type Call, parseCall } from '../call/call.js'
import { explainCommand } from '../calls/recent-call.js'
import { NO_SID } from '../explain/scenario.js'
import { utcText } from '../schedule/instant.js'
import { withoutPasswords } from '../sip/passwords.js'
import { type Cell, oddness } from './cells.js'
import type { Comparison, Divergence } from './comparison.js'
import type { Affected, ConfigPair } from './diff.js'
import { type FirstDifference, firstDifference } from './first-difference.js'
import type { Literal } from './formula.js'
import type { CalledCell } from './route-pairs.js'

/** A call of a divergence, in the words of `dialsip explain`. */
interface Example {
  readonly to: string
  readonly from: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Further webhook parameters. */
  readonly params: Readonly<Record<string, string>>
}

/** An example, and the first decision that differs. */
export interface ShownExample extends Example {
  readonly difference: FirstDifference
}

/** How many routes, divergences and numbers are tried for a call that shows the difference. */
const TRIES = { affected: 5, divergences: 4, cells: 3 }

/** The first call found that shows a difference; undefined if none of those tried does. */
export function findExample(
  configs: ConfigPair,
  affected: readonly Affected[],
  at: number,
): ShownExample | undefined {
  for (const { pair, divergences, comparison } of affected.slice(0, TRIES.affected)) {
    const cells = pair.cells.toSorted((a, b) => oddnessOf(a) - oddnessOf(b)).slice(0, TRIES.cells)
    for (const divergence of divergences.slice(0, TRIES.divergences)) {
      for (const cell of cells) {
        const shown = exampleOf(configs, cell, divergence, comparison, at)
        if (shown) return shown
      }
    }
  }
  return undefined
}

function oddnessOf({ address }: Affected['pair']['cells'][number]): number {
  return address.kind === 'number' ? oddness(address.number) : 100
}

const SOMEONE = '+491701234567'

/** How many calls are tried where the CallSid or the caller chooses among endpoints. */
const MOST_TRIES = 400

/** A call of this divergence to this address that shows a difference; undefined if none of those tried does. */
function exampleOf(
  configs: ConfigPair,
  cell: CalledCell,
  divergence: Divergence,
  { domains }: Pick<Comparison, 'domains'>,
  at: number,
): ShownExample | undefined {
  const failoverOn = [...divergence.old.failoverOn, ...divergence.new.failoverOn]
  for (const example of examples(cell, divergence, domains, at)) {
    const difference = firstDifference(configs, callOf(example, configs), example.now, failoverOn)
    if (difference) return { ...example, difference }
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

/** The webhook parameters that have what literals ask, without `From`. */
function paramsOf(chosen: ReadonlyMap<Literal['asks'], Cell>): Record<string, string> {
  const params = [...chosen.values()].flatMap((cell) => (cell.sent ? [cell.sent] : []))
  return Object.fromEntries(params.filter(([name, text]) => name !== 'From' && text !== ''))
}

/** The call as a webhook would bring it; where the example says nothing, as `dialsip explain` has it. */
function callOf({ to, from, params }: Example, { new: { accounts } }: ConfigPair): Call {
  const AccountSid = accounts[0]?.sid ?? `AC${NO_SID}`
  const parsed = parseCall({ CallSid: `CA${NO_SID}`, AccountSid, To: to, From: from, ...params })
  return (parsed as { call: Call }).call
}

/** The command that explains the call by the new config. */
export function explainExample({ to, from, now, params, difference }: ShownExample, file: string): string {
  return explainCommand(file, [
    ['to', to],
    ['from', from],
    ['at', utcText(now)],
    ...Object.entries(params).map(([name, value]) =>
      name === 'AccountSid' ? (['account', value] as const) : (['param', `${name}=${value}`] as const),
    ),
    ...difference.outcomes.map(([hop, code]) => ['outcome', `${withoutPasswords(hop)}=${code}`] as const),
  ])
}
