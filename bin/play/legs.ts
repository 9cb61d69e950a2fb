import { classify, type Outcome } from '../../src/call/outcome.js'
import { findDial } from '../../src/dial/find-dial.js'
import { endpointsIn } from '../../src/dial/plan.js'
import { outcomeOfHop } from '../../src/explain/walk.js'
import { type Config, hopsIn } from '../../src/model/config.js'
import type { Plan } from '../../src/model/decision.js'
import { type AskedStep, askTwiml } from './ask.js'
import type { PlannedCall } from './call.js'
import { isOwn, newSid, sendWebhook, type TwilioSide } from './send.js'
import type { TwimlVerb } from './twiml.js'

/** A hop that rings. */
export interface RingingHop {
  readonly plan: Plan
  /** Its `<Sip>`s and `<Number>`s. */
  readonly nouns: readonly TwimlVerb[]
  /** The outcome of the hop as a whole. */
  readonly outcome: Outcome
}

/** One callee of a hop. */
interface PlayedLeg {
  readonly callSid: string
  readonly noun: TwimlVerb
  readonly outcome: Outcome
  /** Whether it is the one that answers. */
  readonly answers: boolean
}

/** The leg that answers, or the first where none does. */
interface DecidingLeg {
  readonly callSid: string
  readonly endpoint: string
}

/** Whether a callee may refuse the call after answering it. */
export function isScreenedBy(nouns: readonly TwimlVerb[]): boolean {
  return nouns.some(({ attributes }) => attributes.url !== undefined)
}

/**
 * Plays the legs of a hop: the callbacks of their progress, and the screen of the one that answers. Gives the leg
 * that decides.
 */
export async function playLegs(
  side: TwilioSide,
  { params, outcomes }: PlannedCall,
  { plan, nouns, outcome }: RingingHop,
  see: (step: AskedStep) => void,
): Promise<DecidingLeg> {
  const names = endpointsIn(plan.hop)
  const each = nouns.map((noun, at) => ({ noun, own: ownOutcome(names[at]!) }))
  const winner = each.findIndex(({ own }) => isAnswered(own))
  const legs = each.map(
    ({ noun, own }, at): PlayedLeg => ({ callSid: newSid('CA'), noun, outcome: own, answers: at === winner }),
  )
  for (const leg of legs) if (leg.outcome.rang || leg.answers) await report(leg, 'ringing')
  for (const leg of legs) if (leg.answers) await answer(leg)
  for (const leg of legs) await report(leg, endOf(leg))
  const decides = Math.max(winner, 0)
  return { callSid: legs[decides]?.callSid ?? newSid('CA'), endpoint: names[decides]! }

  function ownOutcome(endpoint: string): Outcome {
    if (outcomes.has(plan.hop)) return outcome
    return outcomeOfHop(outcomes, { name: endpoint, endpoints: [endpoint], screened: isScreenedBy(nouns) })
  }

  async function answer(leg: PlayedLeg): Promise<void> {
    await report(leg, 'in-progress')
    const { url } = leg.noun.attributes
    if (url === undefined || !isOwn(side.config, url)) return
    const base = legParams(leg, 'in-progress')
    const [first] = await askTwiml(side, url, base, see)
    const accept = acceptOf(side.config, plan)
    const action = first?.name === 'Gather' ? first.attributes.action : undefined
    if (action === undefined || accept === undefined || leg.outcome.bridged === false) return
    await askTwiml(side, action, { ...base, Digits: accept }, see)
  }

  async function report(leg: PlayedLeg, status: string): Promise<void> {
    const { statusCallback } = leg.noun.attributes
    if (statusCallback === undefined || !isOwn(side.config, statusCallback)) return
    await sendWebhook(side, statusCallback, legParams(leg, status))
  }

  function legParams({ callSid, noun }: PlayedLeg, status: string): Record<string, string> {
    const leg = { CallSid: callSid, ParentCallSid: params.CallSid!, To: noun.text, CallStatus: status }
    return { ...params, ...leg, Direction: 'outbound-dial' }
  }
}

/** A callee who has answered is on the line, also while the screen asks. */
function isAnswered(outcome: Outcome): boolean {
  return classify({ ...outcome, bridged: undefined }) === 'answered'
}

/** Of several that ring, those that do not answer first are cancelled. */
function endOf({ outcome, answers }: PlayedLeg): string {
  return !answers && isAnswered(outcome) ? 'canceled' : outcome.status
}

/** The digits with which a callee of this hop accepts the call. */
function acceptOf(config: Config, plan: Plan): string | undefined {
  const entries = findDial(config, plan)?.entries ?? []
  return hopsIn(entries).find(({ name }) => name === plan.hop)?.screen?.accept
}
