import { parseSipAddress } from '../sip/address.js'
import { isE164 } from './e164.js'
import { sipDomain } from './sip-domain.js'
import { isWithheld } from './withheld.js'

export interface NumberAddress {
  readonly kind: 'number'
  readonly text: string
  readonly number: number
}

export interface CalledSipAddress {
  readonly kind: 'sip'
  readonly text: string
  readonly user: string
  /** As `sipDomain` gives it. */
  readonly host: string
}

/** A Voice SDK client: `client:joey`. */
export interface ClientAddress {
  readonly kind: 'client'
  readonly text: string
  readonly name: string
}

/** The caller withheld the number, or what Twilio sent is neither of the others. */
export interface OtherAddress {
  readonly kind: 'anonymous' | 'other'
  readonly text: string
}

/** Who calls or is called: what Twilio sends as `To`, `From` or `ForwardedFrom`, taken apart. */
export type Address = NumberAddress | CalledSipAddress | ClientAddress | OtherAddress

/** Reads whatever Twilio sends; what it does not know is of kind `other`. Never throws. */
export function parseAddress(text: string): Address {
  if (isWithheld(text)) return { kind: 'anonymous', text }
  if (isE164(text)) return { kind: 'number', text, number: Number(text) }
  if (/^client:./.test(text)) return { kind: 'client', text, name: text.slice('client:'.length) }
  const address = parseSipAddress(text)
  return address ? sipAddress(text, address.user, sipDomain(address.host)) : { kind: 'other', text }
}

/** RFC 3323 §4.1: a caller who wants privacy is `sip:anonymous@anonymous.invalid`. */
function sipAddress(text: string, user: string, host: string): CalledSipAddress | OtherAddress {
  const anonymous = user.toLowerCase() === 'anonymous' || host === 'anonymous.invalid'
  return anonymous ? { kind: 'anonymous', text } : { kind: 'sip', text, user, host }
}
