import { type Address, parseAddress, parseCaller } from '../numbers/address.js'
import { noParameters, type WebhookParameters } from '../twilio/parameters.js'

/** Who is called in place of Twilio's `To`. It travels in the query of dialsip's URLs. */
export interface Called {
  /** Of a call that dialsip has placed: who rang first. Of one that its callee has referred: the target's address. */
  readonly called?: string
  /** `ReferTransferTarget` as it came, of a call that was referred. */
  readonly referred?: string
}

/** For calls in which Twilio's `To` is who is called. */
export const NOBODY_ELSE: Called = {}

/** What Twilio said of a call, parsed once. Unknown parameters are kept in `params` as they came. */
export interface Call extends Called {
  readonly callSid: string
  readonly accountSid: string
  readonly to: Address
  readonly from: Address
  readonly forwardedFrom: Address | undefined
  readonly sipDomain: string
  readonly attestation: Attestation
  readonly params: WebhookParameters
}

/** Without these there is no call. Everything else may be missing, and Twilio adds parameters unannounced. */
const NEEDED = ['CallSid', 'AccountSid', 'To']

/** Parameters about Twilio's `To`; they do not hold for another number that is called in its place. */
const OF_THE_NUMBER = new Set(
  ['To', 'Called'].flatMap((party) => ['City', 'State', 'Zip', 'Country'].map((place) => party + place)),
)

/**
 * Parses the parameters of a voice webhook; `missing` names all parameters without which there is no call. An
 * address that is called in place of Twilio's `To` takes its place in routes and templates.
 */
export function parseCall(
  received: WebhookParameters,
  called: Called = NOBODY_ELSE,
): { call: Call } | { missing: readonly string[] } {
  const params = called.called === undefined ? received : withCalled(received, called)
  if (NEEDED.some((name) => params[name] === undefined))
    return { missing: NEEDED.filter((name) => params[name] === undefined) }
  const forwardedFrom = parameter(params, 'ForwardedFrom')
  const call: Call = {
    callSid: ownText(parameter(params, 'CallSid')),
    accountSid: parameter(params, 'AccountSid'),
    to: parseAddress(ownText(parameter(params, 'To'))),
    from: parseCaller(ownText(parameter(params, 'From'))),
    forwardedFrom: forwardedFrom === '' ? undefined : parseCaller(forwardedFrom),
    sipDomain: parameter(params, 'SipDomain'),
    attestation: attestationOf(parameter(params, 'StirVerstat')),
    params,
    ...called,
  }
  return { call }
}

/** `the parameters CallSid, To are missing` */
export function missingText(missing: readonly string[]): string {
  const what = missing.length === 1 ? `parameter ${missing} is` : `parameters ${missing.join(', ')} are`
  return `the ${what} missing`
}

function withCalled(received: WebhookParameters, { called = '', referred }: Called): WebhookParameters {
  const params = noParameters()
  for (const name in received) if (!OF_THE_NUMBER.has(name)) params[name] = received[name]!
  params.To = called
  params.Called = called
  if (referred !== undefined) params.ReferTransferTarget = referred
  return params
}

/** One parameter of a webhook as text; of several values the last, and nothing when it did not come. */
export function parameter(params: WebhookParameters, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? value : (value?.at(-1) ?? '')
}

/**
 * A text of its own. What is cut out of a webhook's form is, to V8, a view of the whole form and keeps it in memory for
 * as long as the piece is remembered; a copy of its own does not.
 */
export function ownText(text: string): string {
  return ` ${text}`.slice(1)
}

/** How far the caller's number is vouched for: SHAKEN level A, B or C, a check that failed, or no check. */
export type Attestation = 'A' | 'B' | 'C' | 'failed' | 'none'

/**
 * `TN-Validation-` and the verdict, then the level, then how the call came (`-Diverted`, `-Passthrough`).
 * The level of a failed check is a claim and is not read.
 */
const VERDICT = /^tn-validation-(?:passed-([abc])|failed)(?:-.*)?$/i

/**
 * Reads the webhook parameter `StirVerstat`, in any letter case. What Twilio does not list is `none`, so that
 * a spelling unknown to us never makes a caller look trusted.
 * From Twilio's page "Trusted Calling with SHAKEN/STIR"; its `NULL` has the same meaning as a failed check.
 */
export function attestationOf(stirVerstat: string | undefined): Attestation {
  if (stirVerstat === undefined) return 'none'
  if (stirVerstat.toUpperCase() === 'NULL') return 'failed'
  const verdict = VERDICT.exec(stirVerstat)
  if (!verdict) return 'none'
  return (verdict[1]?.toUpperCase() as 'A' | 'B' | 'C' | undefined) ?? 'failed'
}
