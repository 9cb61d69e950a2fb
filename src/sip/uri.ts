import type { Template } from '../template/template.js'
import { templateText } from '../template/template.js'
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
