import { type Address, parseAddress } from '../numbers/address.js'
import { type Attestation, attestationOf } from '../twilio/attestation.js'
import type { WebhookParameters } from '../twilio/parameters.js'
import { ownText } from './own-text.js'

/** What Twilio said of a call, parsed once. Unknown parameters are kept in `params` as they came. */
export interface Call {
  readonly callSid: string
  readonly accountSid: string
  readonly to: Address
  readonly from: Address
  readonly forwardedFrom: Address | undefined
  readonly sipDomain: string
  readonly attestation: Attestation
  readonly params: WebhookParameters
  /** What `To` was put in place of Twilio's, for a call that dialsip has placed; it travels in our URLs. */
  readonly called?: string
}

/** Without these there is no call. Everything else may be missing, and Twilio adds parameters unannounced. */
const NEEDED = ['CallSid', 'AccountSid', 'To']

/**
 * Parses the parameters of a voice webhook; `missing` names the parameter without which there is no call. Of a call
 * that dialsip has placed, `To` is who rang first: `called`, where there is one, stands for it in routes and templates.
 */
export function parseCall(received: WebhookParameters, called = ''): { call: Call } | { missing: string } {
  const params = called === '' ? received : Object.assign(Object.create(null), received, { To: called })
  const missing = NEEDED.find((name) => params[name] === undefined)
  if (missing !== undefined) return { missing }
  const call: Call = {
    callSid: ownText(parameter(params, 'CallSid')),
    accountSid: parameter(params, 'AccountSid'),
    to: parseAddress(ownText(parameter(params, 'To'))),
    from: parseAddress(ownText(parameter(params, 'From'))),
    forwardedFrom:
      params.ForwardedFrom === undefined ? undefined : parseAddress(parameter(params, 'ForwardedFrom')),
    sipDomain: parameter(params, 'SipDomain'),
    attestation: attestationOf(parameter(params, 'StirVerstat')),
    params,
    ...(called !== '' && { called }),
  }
  return { call }
}

/** One parameter of a webhook as text; of several values the last, and nothing when it did not come. */
export function parameter(params: WebhookParameters, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? value : (value?.at(-1) ?? '')
}
