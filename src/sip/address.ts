import { cut } from './cut.js'
import { percentDecode } from './escape.js'

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
