import { dialSchema } from '../dial/hop.js'
import { hopsForCall, notUpOf, orderOf } from '../dial/order.js'
import { planFor } from '../dial/plan.js'
import { targetsOf } from '../dial/target.js'
import type { DialAction, Hop } from '../model/config.js'
import type { ActionResult, DialStep, Frame, PassedOver } from '../model/decision.js'
import type { ActionKind } from './action.js'

/** `dial: [frankfurt, dublin]`; `dial/` knows how it is compiled. */
export const DIAL: ActionKind = {
  verb: 'dial',
  schema: dialSchema
    .optional()
    .describe('Where the call rings: endpoints, groups or SIP URIs, one after the other.'),
  ends: true,
  answers: false,
}

/** The dial that rings now, if any can, and what was noted on the way to it. */
export interface DialResult extends Pick<ActionResult, 'passedOver' | 'warnings'> {
  readonly step: DialStep | undefined
}

/** Rings the first hop of a dial that can ring now. */
export function runDial(dial: DialAction, frame: Frame): DialResult {
  return dialFirst(dial, hopsForCall(dial.entries, frame.call), frame)
}

/** The first of these hops that can ring now, with the others as its plan; no step when there is none. */
export function dialFirst(dial: DialAction, hops: readonly Hop[], frame: Frame): DialResult {
  const { candidates, passedOver: before } = orderOf(hops, frame)
  const passedOver: PassedOver[] = [...before]
  const warnings: string[] = []
  for (const [at, { hop, endpoints, standing }] of candidates.entries()) {
    const { targets, callerId, ...noted } = targetsOf(hop, endpoints, frame.values)
    passedOver.push(...noted.passedOver)
    warnings.push(...noted.warnings)
    if (targets.length === 0) continue
    const plan = planFor(dial, candidates, at, frame)
    const notUp = notUpOf(candidates.slice(at), frame.state)
    const step: DialStep = { verb: 'dial', hop, targets, callerId, standing, notUp, plan }
    return { step, passedOver, warnings }
  }
  return { step: undefined, passedOver, warnings }
}
