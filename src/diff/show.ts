import type { Call } from '../call/call.js'
import type { Outcome } from '../call/outcome.js'
import { advance, decide, resume } from '../decide.js'
import type { Config } from '../model/config.js'
import type { Decision, DialStep } from '../model/decision.js'
import { ALL_UP } from '../model/state.js'
import { observed } from './observe.js'

/** The two configs that are compared. */
export interface ConfigPair {
  readonly old: Config
  readonly new: Config
}

/** Where a call goes apart: what each config decides, after these outcomes of the hops before. */
export interface Parting {
  readonly old: Decision
  readonly new: Decision
  /** SIP codes by the name of the hop in the new config, in order. */
  readonly outcomes: readonly (readonly [hop: string, code: number])[]
}

/** A code for each class of outcome that goes on. */
const CODES = [503, 408, 403, 404, 480, 486, 603, 487]

/** How many decisions are compared before a call counts as one that shows nothing. */
const MOST_DECISIONS = 600

/**
 * Follows a call through both configs, whatever comes of its hops, to the first decision of which anybody notices a
 * difference; undefined when there is none. The shortest way there is found first. All endpoints are up.
 */
export function partingOf(
  both: ConfigPair,
  call: Call,
  now: number,
  failoverOn: readonly string[] = [],
): Parting | undefined {
  const codes = [...new Set([...CODES, ...failoverOn.map(Number).filter(Number.isInteger)])]
  const first = { old: decide(both.old, call, now, ALL_UP), new: decide(both.new, call, now, ALL_UP) }
  const open: Parting[] = [{ ...first, outcomes: [] }]
  for (let at = 0; at < open.length; at += 1) {
    const parting = open[at]!
    if (observed(parting.old, call, both.old) !== observed(parting.new, call, both.new)) return parting
    if (open.length < MOST_DECISIONS) open.push(...after(both, call, parting, codes))
  }
  return undefined
}

/** What may come next: the two are alike so far, so that both ring a hop, both record, or both are done. */
function after(
  both: ConfigPair,
  call: Call,
  { old, new: other, outcomes }: Parting,
  codes: readonly number[],
): Parting[] {
  const records = [recordOf(old), recordOf(other)]
  if (records[0] && records[1])
    return [
      {
        old: resume(both.old, call, records[0], ALL_UP),
        new: resume(both.new, call, records[1], ALL_UP),
        outcomes,
      },
    ]
  const [dial, dial2] = [dialOf(old), dialOf(other)]
  if (!dial || !dial2) return []
  return codes.map((code) => {
    const outcome = outcomeOf(code)
    return {
      old: advance(both.old, call, dial.plan, outcome, ALL_UP),
      new: advance(both.new, call, dial2.plan, outcome, ALL_UP),
      outcomes: [...outcomes, [dial2.plan.hop, code]],
    }
  })
}

function recordOf({ steps }: Decision) {
  return steps.find((step) => step.verb === 'record')?.resume
}

function dialOf({ steps }: Decision): DialStep | undefined {
  return steps.find((step): step is DialStep => step.verb === 'dial')
}

/** What Twilio says of a hop that ended with a code. */
function outcomeOf(code: number): Outcome {
  const status = code === 487 ? 'no-answer' : code === 486 || code === 600 ? 'busy' : 'failed'
  return { status, code, rang: false, bridged: undefined }
}
