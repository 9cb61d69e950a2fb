import type { WebhookParameters } from '../twilio/parameters.js'
import { parameter } from './call.js'

/** What came of a hop, as far as the next step depends on it. */
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number]

export const OUTCOME_CLASSES = [
  'answered',
  'unreachable',
  'serverError',
  'rejected',
  'notFound',
  'unavailable',
  'busy',
  'declined',
  'noAnswer',
  'canceled',
] as const

/** Outcomes that end every chain: nobody is rung after them, whatever `failoverOn` says. */
export const FINAL_CLASSES: readonly OutcomeClass[] = ['answered', 'canceled']

/** An endpoint that was reached in one of these ways is not rung again in the same call, under any name. */
export const REACHED_CLASSES: readonly OutcomeClass[] = ['answered', 'busy', 'declined']

/** What Twilio says of a `<Dial>` that has ended. */
export interface Outcome {
  /** `DialCallStatus`; empty when it is not there. */
  readonly status: string
  /** `DialSipResponseCode`, 100 to 699. */
  readonly code: number | undefined
  /** Whether a callback said that one of its legs rang, or was answered. */
  readonly rang: boolean
  /** `DialBridged`: whether the two sides were ever joined. */
  readonly bridged: boolean | undefined
  /** Whether the caller has hung up, by the `CallStatus` of the caller's leg; undefined where it does not say. */
  readonly callerLeft?: boolean | undefined
}

/** Reads the outcome from the parameters of Twilio's `<Dial action>` request. */
export function outcomeOf(params: WebhookParameters, rang: boolean): Outcome {
  return {
    status: parameter(params, 'DialCallStatus').toLowerCase(),
    code: codeOf(parameter(params, 'DialSipResponseCode')),
    rang,
    bridged: BRIDGED.get(parameter(params, 'DialBridged')),
    callerLeft: hasCallerLeft(params),
  }
}

/** A `CallStatus` after which a call or a leg says nothing more. */
export const FINAL_STATUSES: readonly string[] = ['completed', 'busy', 'failed', 'no-answer', 'canceled']

/** The `CallStatus` of a caller who is on the line. */
const PRESENT_STATUSES: readonly string[] = ['ringing', 'in-progress']

/**
 * Whether the caller has hung up. `CallStatus` is that of the caller's leg on every request for TwiML; once it is
 * final, Twilio ignores what it is answered. Undefined when it does not say.
 */
export function hasCallerLeft(params: WebhookParameters): boolean | undefined {
  const status = parameter(params, 'CallStatus').toLowerCase()
  if (FINAL_STATUSES.includes(status)) return true
  return PRESENT_STATUSES.includes(status) ? false : undefined
}

/**
 * What came of a call itself, by a status callback of one that dialsip has placed. Twilio says `no-answer` when the time
 * to ring is over.
 */
export function endOf(params: WebhookParameters): OutcomeClass {
  const status = parameter(params, 'CallStatus')
  const code = codeOf(parameter(params, 'SipResponseCode'))
  return classify({ status, code, rang: true, bridged: undefined })
}

const BRIDGED: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

function codeOf(text: string): number | undefined {
  return /^[1-6]\d\d$/.test(text) ? Number(text) : undefined
}

/** Codes that say more than their hundred (RFC 3261 §21, RFC 8197 for 607, RFC 8688 for 608). */
const BY_CODE: Readonly<Record<number, OutcomeClass>> = {
  404: 'notFound',
  408: 'unreachable',
  410: 'notFound',
  480: 'unavailable',
  484: 'notFound',
  486: 'busy',
  487: 'noAnswer',
  600: 'busy',
  604: 'notFound',
  606: 'rejected',
}

/**
 * Codes by their hundred. A 1xx as the last word means that it rang; Twilio follows no 3xx; a 6xx is a callee's
 * answer for every place (RFC 3261 §21.6), so one without a meaning of its own counts as declined.
 */
const BY_HUNDRED: Readonly<Record<number, OutcomeClass>> = {
  1: 'noAnswer',
  2: 'answered',
  3: 'rejected',
  4: 'rejected',
  5: 'serverError',
  6: 'declined',
}

const BY_STATUS: ReadonlyMap<string, OutcomeClass> = new Map([
  ['completed', 'answered'],
  ['answered', 'answered'],
  ['canceled', 'canceled'],
  ['busy', 'busy'],
])

/** Said of the call as a whole; no SIP code of one leg outweighs them. */
const STATUS_FIRST = ['completed', 'answered', 'canceled']

/**
 * The one class of an outcome. `screened` says that the callee had to accept the call: then a leg that was answered
 * but never joined counts as `noAnswer`, since nobody accepted. A caller who has left makes it `canceled`, unless the
 * leg was answered.
 */
export function classify(outcome: Outcome, screened = false): OutcomeClass {
  const ofLeg = classOfLeg(outcome, screened)
  return outcome.callerLeft && ofLeg !== 'answered' ? 'canceled' : ofLeg
}

function classOfLeg(outcome: Outcome, screened: boolean): OutcomeClass {
  const { status, code, rang } = outcome
  if (isLegCanceled(outcome)) return rang || hundredOf(code) === 1 ? 'noAnswer' : 'unreachable'
  if (screened && isRefused(outcome)) return 'noAnswer'
  if (STATUS_FIRST.includes(status)) return BY_STATUS.get(status)!
  if (code !== undefined) return BY_CODE[code] ?? BY_HUNDRED[hundredOf(code)!]!
  return BY_STATUS.get(status) ?? (rang && status === 'no-answer' ? 'noAnswer' : 'unreachable')
}

/** The leg was cancelled by the REST API and the caller still waits ("TwiML <Dial>", DialCallStatus). */
function isLegCanceled({ status, callerLeft }: Outcome): boolean {
  return status === 'canceled' && callerLeft === false
}

/** Whether the leg was answered and the call never put through: the callee refused it in the screening document. */
function isRefused({ status, code, bridged }: Outcome): boolean {
  if (bridged !== false || status === 'canceled') return false
  return code === undefined ? BY_STATUS.get(status) === 'answered' : hundredOf(code) === 2
}

function hundredOf(code: number | undefined): number | undefined {
  return code && Math.floor(code / 100)
}

/** What Twilio sends for each word about a leg; where there is a SIP code, it decides the class (see `classify`). */
const WORDS: Readonly<Record<string, Omit<Outcome, 'rang'>>> = {
  answered: said('completed', 200, true),
  completed: said('completed', 200, true),
  canceled: said('canceled'),
  silent: said('no-answer'),
  timeout: said('no-answer'),
  failed: said('failed'),
  unreachable: said('failed'),
  serverError: said('failed', 500),
  rejected: said('failed', 403),
  notFound: said('failed', 404),
  unavailable: said('failed', 480),
  busy: said('busy', 486),
  declined: said('failed', 603),
  noAnswer: said('no-answer', 487),
  'no-answer': said('no-answer'),
  unaccepted: said('completed', 200, false),
}

function said(status: string, code?: number, bridged?: boolean): Omit<Outcome, 'rang'> {
  return { status, code, bridged }
}

export const OUTCOME_WORDS: readonly string[] = Object.keys(WORDS)

/**
 * Reads the outcome of a leg as people write it: a SIP code (`503`), Twilio's or our own word (`busy`,
 * `unreachable`), `silent` for no answer of any kind, `unaccepted` for a callee who does not accept the call on the
 * screen. `ringing+` in front: a `ringing` callback came before. Undefined for any other text.
 */
export function readOutcome(text: string): Outcome | undefined {
  const [, ringing, word] = /^(ringing\+)?(.+)$/.exec(text.trim()) ?? []
  const outcome =
    word !== undefined && (byCode(word) ?? (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined))
  return outcome ? { ...outcome, rang: ringing !== undefined } : undefined
}

/** The `DialCallStatus` that Twilio sends with a code. */
function byCode(word: string): Omit<Outcome, 'rang'> | undefined {
  if (!/^[1-6]\d\d$/.test(word)) return undefined
  const code = Number(word)
  if (code >= 200 && code < 300) return said('completed', code, true)
  const busy = code === 486 || code === 600
  return said(busy ? 'busy' : code < 200 || code === 487 ? 'no-answer' : 'failed', code)
}
