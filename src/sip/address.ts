import { percentDecode } from './escape.js'
import { cut } from './grammar.js'
import { withoutPasswords } from './passwords.js'

export interface SipAddress {
  /** Percent-decoded; empty where the URI names none. */
  readonly user: string
  /** Lower-cased, without port; an IPv6 address keeps its brackets. */
  readonly host: string
}

/** `"Display name" <uri>`; the display name may be missing (RFC 3261 §25.1, name-addr). */
const NAME_ADDR = /^(?:"(?:[^"\\]|\\.)*")?[^"<]*<([^>]*)/s

const HOST = /^(?:\[[^\]]*\]|[^\s@:;?]+)/

/**
 * Reads what Twilio says in `From`, `To` and `ReferTransferTarget`, such as
 * `sip:100@acme.sip.us1.twilio.com:5060;transport=udp`. Lenient, since the other side wrote it: password, port,
 * parameters and headers are passed over. Undefined for what is no SIP URI. Never throws.
 */
export function parseSipAddress(text: string): SipAddress | undefined {
  const uri = addrSpec(text)
  const scheme = /^sips?:/i.exec(uri)?.[0]
  if (scheme === undefined) return undefined
  const [beforeAt, afterAt] = cut(uri.slice(scheme.length), '@')
  const host = HOST.exec(afterAt ?? beforeAt)?.[0].toLowerCase()
  if (host === undefined) return undefined
  const [user] = cut(afterAt === null ? '' : beforeAt, ':')
  return { user: percentDecode(user) ?? user, host }
}

/** The URI of what may be a name-addr. */
export function addrSpec(text: string): string {
  const trimmed = text.trim()
  return NAME_ADDR.exec(trimmed)?.[1] ?? trimmed
}

// Refer-To = ( name-addr / addr-spec ) *( ";" param )        RFC 3515 §2.1
// tel      = "tel:" "+" *( DIGIT / visual-separator ) params  RFC 3966 §3
// visual-separator = "-" / "." / "(" / ")"

/** What is before the host, the password, parameters and headers. */
const USER = /^(?:tel|sips?):([^@:;?]*)/i

const GLOBAL_NUMBER = /^\+[\d().-]+$/

/**
 * The address that a REFER names, as Twilio would say it in `To`: Twilio sends `<sip:…>`, `<tel:+1…>` or the bare URI.
 * A user part that is a number is that number, without its separators; headers and a password are no part of an address.
 */
export function referTarget(text: string): string {
  const uri = addrSpec(text)
  const user = USER.exec(uri)?.[1] ?? ''
  const number = percentDecode(user) ?? user
  return GLOBAL_NUMBER.test(number)
    ? `+${number.replace(/\D/g, '')}`
    : withoutPasswords(uri.replace(/\?.*$/s, ''))
}
