import { z } from 'zod'
import { type Address, parseAddress } from '../numbers/address.js'
import { type Attestation, attestationOf } from '../twilio/attestation.js'
import type { WebhookParameters } from '../twilio/parameters.js'

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

/** Of a parameter that came twice, the last word counts. */
const last = z.union([z.string(), z.array(z.string()).transform((values) => values.at(-1) ?? '')])

/** The few parameters that decisions need; Twilio adds others unannounced, so nothing is strict. */
const parameters = z.object({
  CallSid: last,
  AccountSid: last,
  To: last,
  From: last.default(''),
  ForwardedFrom: last.optional(),
  SipDomain: last.default(''),
  StirVerstat: last.optional(),
})

/**
 * Parses the parameters of a voice webhook; `missing` names the parameter without which there is no call. Of a call
 * that dialsip has placed, `To` is who rang first: `called`, where there is one, stands for it in routes and templates.
 */
export function parseCall(received: WebhookParameters, called = ''): { call: Call } | { missing: string } {
  const params = called === '' ? received : Object.assign(Object.create(null), received, { To: called })
  const { data, error } = parameters.safeParse(params)
  if (!data) return { missing: String(error.issues[0]?.path[0]) }
  const call: Call = {
    callSid: data.CallSid,
    accountSid: data.AccountSid,
    to: parseAddress(data.To),
    from: parseAddress(data.From),
    forwardedFrom: data.ForwardedFrom === undefined ? undefined : parseAddress(data.ForwardedFrom),
    sipDomain: data.SipDomain,
    attestation: attestationOf(data.StirVerstat),
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
