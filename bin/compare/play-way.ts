import { classify, type Outcome } from '../../src/call/outcome.js'
import { dialParams } from '../play/call.js'
import { newSid } from '../play/send.js'
import type { TwimlVerb } from '../play/twiml.js'
import { type Meaning, meaningOf, unknownIn } from './meaning.js'
import { OldAnswerless, type WebhookRequest } from './old-webhook.js'

/** A document that a call was given. */
export interface GivenDocument {
  readonly url: string
  readonly verbs: readonly TwimlVerb[]
}

/** One thing that a call gets, and the document that says so. */
export interface WayStep {
  readonly meaning: Meaning
  readonly document: GivenDocument
  /** A `<Dial>` that rings: what comes of it is one of the outcomes of the way. */
  readonly rings: boolean
}

/** A call played to its end, with one outcome for each `<Dial>`. */
export interface PlayedWay {
  readonly steps: readonly WayStep[]
  /** The last document. */
  readonly last: GivenDocument
  /** A verb or noun that no config can say; the call is not played beyond it. */
  readonly unknown: string | undefined
}

/** Gives the document for a webhook; undefined for a URL at neither server, which is left alone. */
export type AskDocument = (request: WebhookRequest) => Promise<GivenDocument | undefined>

/** The call, and what comes of its dials, the first first; later ones answer. */
export interface PlannedWay {
  /** The URL and the method of the first webhook. */
  readonly first: Pick<WebhookRequest, 'url' | 'method'>
  /** The parameters that all webhooks of the call have. */
  readonly params: Readonly<Record<string, string>>
  readonly outcomes: readonly Outcome[]
  readonly answered: Outcome
}

/** After so many documents a call goes round in a circle. */
const MOST_DOCUMENTS = 30

/** Verbs that answer the caller's call. */
const ANSWERING = ['Say', 'Play', 'Record']

/** Where a document ends, or what Twilio asks next. */
type AfterDocument = WebhookRequest | 'end'

/** Plays a call as Twilio does: follows `action`, `<Redirect>` and screens at either server. */
export async function playWay(
  ask: AskDocument,
  { first, params, outcomes, answered }: PlannedWay,
): Promise<PlayedWay> {
  const from = params.From ?? ''
  const steps: WayStep[] = []
  let dials = 0
  let unknown: string | undefined
  let isAnswered = false
  let document = (await asked({ ...first, params: {} }))!
  for (let count = 1; count < MOST_DOCUMENTS; count += 1) {
    const next = await follow()
    const given = next === 'end' ? undefined : await asked(next)
    if (next !== 'end' && !given) note('goes on at', `${next.method} ${next.url}`)
    if (!given) break
    document = given
  }
  return { steps, last: document, unknown }

  function asked(request: WebhookRequest): Promise<GivenDocument | undefined> {
    const status = isAnswered ? 'in-progress' : 'ringing'
    return ask({ ...request, params: { ...params, CallStatus: status, ...request.params } })
  }

  async function follow(): Promise<AfterDocument> {
    for (const verb of document.verbs) {
      const { name, attributes } = verb
      if (name === 'Hangup') return 'end'
      if (name === 'Redirect') return request(verb.text, attributes.method, {})
      isAnswered ||= ANSWERING.includes(name)
      unknown = unknownIn(verb)
      const meaning = meaningOf(verb, from)
      if (unknown === undefined && name === 'Dial') {
        const outcome = outcomes[dials] ?? answered
        dials += 1
        const screens = classify(outcome) === 'answered' ? await screensOf(verb) : []
        push({ ...meaning, nouns: [...meaning.nouns, ...screens] }, true)
        isAnswered ||= classify(outcome) === 'answered'
        if (attributes.action !== undefined)
          return request(attributes.action, attributes.method, dialParams(outcome, newSid('CA')))
      } else push(meaning, false)
      if (unknown !== undefined || name === 'Reject') return 'end'
      if (name === 'Record')
        return attributes.action === undefined
          ? 'end'
          : request(attributes.action, attributes.method, recorded())
    }
    return 'end'
  }

  /** What a callee hears who has answered, before the call is put through. */
  async function screensOf({ nouns }: TwimlVerb): Promise<Meaning[]> {
    const screens: Meaning[] = []
    for (const { attributes } of nouns.filter((noun) => noun.attributes.url !== undefined)) {
      const url = absolute(attributes.url!)
      const leg = { CallSid: newSid('CA'), ParentCallSid: params.CallSid!, Direction: 'outbound-dial' }
      const given = await asked({ url, method: methodOf(attributes.method), params: leg })
      const heard = given?.verbs.map((verb) => screenMeaning(verb, from))
      screens.push({ name: 'screen', attributes: {}, text: heard ? '' : url, nouns: heard ?? [] })
    }
    return screens
  }

  function push(meaning: Meaning, rings: boolean): void {
    steps.push({ meaning, document, rings })
  }

  function note(name: string, text: string): void {
    push({ name, attributes: {}, text, nouns: [] }, false)
  }

  /** A URL without a host is one at the server of the document; an empty one is the document itself. */
  function request(url: string, method: string | undefined, more: Record<string, string>): WebhookRequest {
    return { url: absolute(url), method: methodOf(method), params: more }
  }

  function absolute(url: string): string {
    if (!URL.canParse(url, document.url)) throw new OldAnswerless(`it leads to "${url}", which is not a URL`)
    return new URL(url, document.url).href.replace(/#.*/, '')
  }

  function recorded(): Record<string, string> {
    const sid = newSid('RE')
    const url = `https://api.twilio.com/2010-04-01/Accounts/${params.AccountSid}/Recordings/${sid}`
    return { Digits: '#', RecordingDuration: '5', RecordingSid: sid, RecordingUrl: url }
  }
}

/** What Twilio takes for a `<Gather>` that says nothing of it ("TwiML <Gather>"). */
const GATHER = { input: 'dtmf', timeout: '5' }

/** Where the digits of a `<Gather>` go differs from server to server. */
function screenMeaning(verb: TwimlVerb, from: string): Meaning {
  const { action: _action, method: _method, ...attributes } = verb.attributes
  const usual = verb.name === 'Gather' ? GATHER : {}
  return meaningOf({ ...verb, attributes: { ...usual, ...attributes } }, from)
}

function methodOf(method = 'POST'): string {
  return method.toUpperCase() === 'GET' ? 'GET' : 'POST'
}
