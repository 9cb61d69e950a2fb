import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { fillTemplate, type Template, templateText, type Values } from '../template/template.js'
import { encodeHeaderValue, encodeUser } from './escape.js'
import { type Header, repeatedHeaders } from './header.js'
import { ignoredPlace } from './host.js'
import { currentParameters, type Parameter, parameterErrors } from './parameters.js'

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

/**
 * The URI of these parts, unless its parameters contradict each other or it is too long for Twilio even when
 * every template comes out empty. Errors: those of the parameters, `sip-uri-length`, `sip-header-length`.
 */
export function buildSipUri(parts: SipUriParts, warnings: readonly Problem[]): Parsed<SipUri> {
  const errors = parameterErrors(parts.parameters)
  if (errors.length > 0) return unparsed(...warnings, ...errors)
  const uri = sipUri(parts)
  const tooLong = lengthError(fillSipUri(uri, () => ''))
  return tooLong === undefined ? parsed(uri, warnings) : unparsed(...warnings, tooLong)
}

/** What is too long for Twilio in a URI that was filled. */
export function lengthError(filled: FilledSipUri): Problem | undefined {
  if ('unfit' in filled) return { code: 'sip-uri-length', message: filled.unfit }
  if (filled.dropped.length === 0) return undefined
  const message = `with ${filled.dropped.join(', ')} the headers have ${HEADERS_LIMIT} characters or more`
  return { code: 'sip-header-length', message, expected: `fewer than ${HEADERS_LIMIT} characters` }
}

/**
 * The URI with a parameter more, as when `region: de1` is next to it.
 * Errors: as of `parseSipUri`, such as `sip-region-twice`. Warnings: `sip-region-former`, `sip-region-ignored`.
 */
export function withParameter(uri: SipUri, name: string, value: string | null): Parsed<SipUri> {
  const { value: added, problems } = currentParameters([[name, value]])
  const warnings = [...problems, ...ignoredPlace(uri.host, added!)]
  return buildSipUri({ ...uri, parameters: [...uri.parameters, ...added!] }, warnings)
}

/** The URI with headers more, after its own. Error: `sip-header-length`; warning: `sip-header-twice`. */
export function withHeaders(uri: SipUri, headers: readonly Header[]): Parsed<SipUri> {
  const all = { ...uri, headers: [...uri.headers, ...headers] }
  return buildSipUri(all, repeatedHeaders(headers, uri.headers))
}

/** Twilio takes a URI and headers that stay under these ("TwiML <Sip>"), counted in characters. */
const URI_LIMIT = 255
export const HEADERS_LIMIT = 1024

/** The URI for one call with the names of the headers that found no room, or why there is none. */
export type FilledSipUri =
  | { readonly text: string; readonly dropped: readonly string[] }
  | { readonly unfit: string }

/**
 * The URI text for one call. A user part that comes out empty is left out with its `@`. A header that would make
 * the headers too long is left out and named in `dropped`; a URI that is too long without headers is unfit.
 */
export function fillSipUri(uri: SipUri, values: Values): FilledSipUri {
  const { beforeUser, afterUser, withoutUser } = uri.written
  const user = uri.user === null ? '' : fillTemplate(uri.user, values, encodeUser)
  const address = user === '' ? withoutUser : beforeUser + user + afterUser
  if (address.length >= URI_LIMIT) {
    return { unfit: `the SIP URI has ${address.length} characters; Twilio takes fewer than ${URI_LIMIT}` }
  }
  return withHeaderText(address, uri.headers, values)
}

function withHeaderText(address: string, headers: readonly Header[], values: Values): FilledSipUri {
  const dropped: string[] = []
  let text = ''
  for (const header of headers) {
    const longer = (text === '' ? '?' : `${text}&`) + fillTemplate(header.pair, values, encodeHeaderValue)
    // the leading `?` does not count
    if (longer.length - 1 < HEADERS_LIMIT) text = longer
    else dropped.push(header.name)
  }
  return { text: address + text, dropped }
}
