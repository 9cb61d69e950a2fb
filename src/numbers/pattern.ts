/** One number: `+4930123456`. */
interface ExactPattern {
  readonly kind: 'exact'
  readonly text: string
  readonly number: number
}

/** Every number that begins with these digits: `+4930*`; `+*` is every number. */
export interface PrefixPattern {
  readonly kind: 'prefix'
  readonly text: string
  /** With the plus sign, without the `*`. */
  readonly prefix: string
}

/** The numbers of one length from one to another, both included: `+4930770100..+4930770199`. */
export interface RangePattern {
  readonly kind: 'range'
  readonly text: string
  readonly from: number
  readonly to: number
}

/** One SIP address: `sip:alice@acme.sip.twilio.com`. */
export interface SipPattern {
  readonly kind: 'sip'
  readonly text: string
  /** Without percent-encoding. Case counts (RFC 3261 §19.1.4). */
  readonly user: string
  /** As `sipDomain` gives it: lower-cased, without Twilio's region or edge. */
  readonly host: string
}

/** Every user of a SIP host that begins so: `sip:49*@acme.sip.twilio.com`; `sip:*@…` is every user. */
export interface SipPrefixPattern {
  readonly kind: 'sip-prefix'
  readonly text: string
  /** Without the `*`. */
  readonly prefix: string
  readonly host: string
}

/** What a route's `to` and a rule's `from` are made of. Plain data. */
export type Pattern = ExactPattern | PrefixPattern | RangePattern | SipPattern | SipPrefixPattern
