import { type Template, templateText } from '../template/template.js'
import { cut } from './cut.js'
import { percentDecode } from './escape.js'
import type { Header } from './header.js'
import type { Parameter } from './parameters.js'

/** The parts of a SIP URI by RFC 3261 §19.1.1. */
export interface SipUriParts {
  readonly scheme: 'sip' | 'sips'
  /** As written, percent-encoding included. */
  readonly user: Template | null
  /** As written. A secret: it is only ever shown to Twilio. */
  readonly password: string | null
  /** Lower-cased; an IPv6 address keeps its brackets. */
  readonly host: string
  readonly port: number | null
  readonly parameters: readonly Parameter[]
  readonly headers: readonly Header[]
}

/** A SIP URI that has been checked, with all that is the same for every call already written out. */
export interface SipUri extends SipUriParts {
  readonly written: {
    /** `sip:` */
    readonly beforeUser: string
    /** `@example.com:5061;transport=tls` */
    readonly afterUser: string
    /** The URI of a call that leaves the user part empty: `sip:example.com:5061;transport=tls`. */
    readonly withoutUser: string
  }
}

/** Writes out what is the same for every call. */
export function sipUri(parts: SipUriParts): SipUri {
  const { scheme, password, host, port, parameters } = parts
  const place = host + (port === null ? '' : `:${port}`) + parameters.map(parameterText).join('')
  const secret = password === null ? '' : `:${password}`
  const written = {
    beforeUser: `${scheme}:`,
    afterUser: `${secret}@${place}`,
    withoutUser: `${scheme}:${place}`,
  }
  return { ...parts, written }
}

function parameterText([name, value]: Parameter): string {
  return value === null ? `;${name}` : `;${name}=${value}`
}

/**
 * `user@host:port`, lower-cased and with templates as written: two URIs with the same address lead to the same
 * place, whatever their parameters and headers.
 */
export function addressOf({ user, host, port }: SipUri): string {
  const who = user === null ? '' : `${templateText(user)}@`
  return (who + host + (port === null ? '' : `:${port}`)).toLowerCase()
}

/** The whole URI with its templates, as the config has it. A password is in it: it is to be masked before it is shown. */
export function uriText({ user, headers, written }: SipUri): string {
  const address =
    user === null ? written.withoutUser : written.beforeUser + templateText(user) + written.afterUser
  const pairs = headers.map(({ pair }) => templateText(pair)).join('&')
  return pairs === '' ? address : `${address}?${pairs}`
}

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
