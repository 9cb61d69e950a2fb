import { classify, type Outcome, type OutcomeClass } from '../../src/call/outcome.js'
import { endpointsIn, readPlan } from '../../src/dial/plan.js'
import { outcomeOfHop } from '../../src/explain/walk.js'
import type { Plan } from '../../src/model/decision.js'
import { parseForm } from '../../src/twilio/form.js'
import { RefusedError } from '../admin-client.js'
import { type AskedStep, askTwiml } from './ask.js'
import { isScreenedBy, playLegs } from './legs.js'
import { isOwn, newSid, sendWebhook, type TwilioSide } from './send.js'
import type { TwimlVerb } from './twiml.js'

/** A call that is placed, and what its endpoints do. */
export interface PlannedCall {
  /** The parameters that all its webhooks have. */
  readonly params: Readonly<Record<string, string>>
  /** By endpoint or hop; one that is not named answers. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Where a callee who has answered transfers the call to, by endpoint: the target of a SIP REFER. */
  readonly refers: ReadonlyMap<string, string>
}

/** One thing that happens in a played call. */
export type PlayedStep = AskedStep | RungStep | ReferredStep | { readonly kind: 'recorded' }

/** What came of a hop. */
interface RungStep {
  readonly kind: 'rung'
  readonly hop: string
  readonly outcome: OutcomeClass
  /** The SIP response code. */
  readonly code: number | undefined
}

/** A callee transfers the call. */
interface ReferredStep {
  readonly kind: 'referred'
  readonly endpoint: string
  readonly target: string
  /** Whether Twilio asks somebody: without a `referUrl` it refuses, and the call goes on. */
  readonly taken: boolean
}

/** How a call ended, for people. */
type CallEnd = { readonly end: string }

/** The next webhook of a call. */
interface NextWebhook {
  readonly url: string
  readonly params: Readonly<Record<string, string>>
}

/** After so many webhooks a call goes round in a circle. */
const MOST_WEBHOOKS = 100

/** Verbs that answer the caller's call. */
const ANSWERING = ['Say', 'Play', 'Record']

/**
 * Plays a call as Twilio would: asks the server for TwiML, does what it says with the planned outcomes, brings the
 * callbacks, and goes on until the call has ended. Gives how it ended; throws `RefusedError` when the server does not
 * play along.
 */
export async function playCall(
  side: TwilioSide,
  planned: PlannedCall,
  see: (step: PlayedStep) => void,
): Promise<string> {
  const { href } = side.config.publicUrl
  const refers = new Map(planned.refers)
  let answered = false
  /** How the call ends when nothing more happens. */
  let end = NOTHING_MORE
  try {
    return await play()
  } finally {
    // a number's status callback; how it is answered changes nothing
    await sendWebhook(side, `${href}/status`, { ...planned.params, CallStatus: 'completed' }).catch(() => {})
  }

  async function play(): Promise<string> {
    let next: NextWebhook | CallEnd = { url: `${href}/voice`, params: {} }
    for (let asked = 0; asked < MOST_WEBHOOKS; asked += 1) {
      const sent: Record<string, string> = {
        ...planned.params,
        CallStatus: answered ? 'in-progress' : 'ringing',
        ...next.params,
      }
      next = await follow(await askTwiml(side, next.url, sent, see))
      if ('end' in next) return next.end
    }
    throw new RefusedError(`the call goes round in a circle: ${MOST_WEBHOOKS} webhooks and no end`)
  }

  /** Does what a document says, up to the verb that asks again or ends the call. */
  async function follow(verbs: readonly TwimlVerb[]): Promise<NextWebhook | CallEnd> {
    for (const verb of verbs) {
      answered ||= ANSWERING.includes(verb.name)
      if (verb.name === 'Dial') return dial(verb)
      if (verb.name === 'Record') return record(verb)
      const other = endBy(verb)
      if (other !== undefined) return { end: other }
      if (verb.name === 'Hangup') break
    }
    return { end }
  }

  /** A caller who leaves a message and ends it with a key, so that it is seen what comes after. */
  async function record({ attributes }: TwimlVerb): Promise<NextWebhook | CallEnd> {
    see({ kind: 'recorded' })
    const recording = await recorded(attributes, 'RecordVerb')
    end = 'the caller has left a message'
    const { action } = attributes
    if (action === undefined || !isOwn(side.config, action)) return { end }
    return { url: action, params: { ...recording, Digits: '#' } }
  }

  /** What Twilio says of a recording, and the callback that says that it is ready. */
  async function recorded({ recordingStatusCallback: url }: TwimlVerb['attributes'], source: string) {
    const sid = newSid('RE')
    const account = `https://api.twilio.com/2010-04-01/Accounts/${planned.params.AccountSid}`
    const recording = {
      RecordingSid: sid,
      RecordingUrl: `${account}/Recordings/${sid}`,
      RecordingDuration: '5',
    }
    const ready = { ...planned.params, ...recording, RecordingStatus: 'completed', RecordingSource: source }
    if (url !== undefined && isOwn(side.config, url)) await sendWebhook(side, url, ready)
    return recording
  }

  async function dial({ attributes, nouns }: TwimlVerb): Promise<NextWebhook | CallEnd> {
    const { action = '' } = attributes
    const plan = isOwn(side.config, action) ? planIn(action) : undefined
    if (!plan) throw new RefusedError(`<Dial> leads to "${action}", which holds no plan of this config`)
    const screened = isScreenedBy(nouns)
    const endpoints = endpointsIn(plan.hop)
    const outcome = outcomeOfHop(planned.outcomes, { name: plan.hop, endpoints, screened })
    const leg = await playLegs(side, planned, { plan, nouns, outcome }, see)
    const left = outcome.status === 'canceled'
    const said = classify({ ...outcome, callerLeft: left }, screened)
    see({ kind: 'rung', hop: plan.hop, outcome: said, code: outcome.code })
    end = endAfter(said, plan.hop)
    const talked = said === 'answered'
    answered ||= talked
    const referred = talked ? refer(leg.endpoint, attributes.referUrl) : undefined
    if (referred) return referred
    const recording = talked && isRecorded(attributes) ? await recorded(attributes, 'DialVerb') : {}
    const ended = left && { CallStatus: 'completed' }
    return { url: action, params: { ...dialParams(outcome, leg.callSid), ...recording, ...ended } }
  }

  /** A callee transfers once, also where the call comes back. Undefined when the call stays. */
  function refer(endpoint: string, url: string | undefined): NextWebhook | CallEnd | undefined {
    const target = refers.get(endpoint)
    if (target === undefined || !refers.delete(endpoint)) return undefined
    see({ kind: 'referred', endpoint, target, taken: url !== undefined })
    if (url === undefined) return undefined
    end = NOTHING_MORE
    if (!isOwn(side.config, url)) return { end: goesOnWith(url) }
    return { url, params: { ReferTransferTarget: target } }
  }
}

function endBy({ name, attributes, text }: TwimlVerb): string | undefined {
  if (name === 'Reject') return `the call is rejected${attributes.reason === 'busy' ? ' as busy' : ''}`
  if (name === 'Redirect') return goesOnWith(text)
  return undefined
}

function goesOnWith(url: string): string {
  return `Twilio goes on with ${url}`
}

/** `record` of a `<Dial>`; without it nothing is recorded. */
function isRecorded({ record = 'do-not-record' }: TwimlVerb['attributes']): boolean {
  return record !== 'do-not-record' && record !== 'false'
}

const NOTHING_MORE = 'the call ends'

function endAfter(outcome: OutcomeClass, hop: string): string {
  if (outcome === 'answered') return `answered by ${endpointsIn(hop).join(' or ')}`
  return outcome === 'canceled' ? 'the caller has left' : NOTHING_MORE
}

function planIn(action: string): Plan | undefined {
  return readPlan(parseForm(new URL(action).search.slice(1)))
}

/** What the `action` request of a `<Dial>` says of an outcome. */
export function dialParams({ status, code, bridged }: Outcome, leg: string): Record<string, string> {
  return {
    DialCallStatus: status,
    DialCallSid: leg,
    ...(code !== undefined && { DialSipResponseCode: String(code) }),
    ...(bridged !== undefined && { DialBridged: String(bridged) }),
  }
}
