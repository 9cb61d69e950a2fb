import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Parsed, Problem } from '../errors/problem.js'
import { parsed, unparsed } from '../errors/problem.js'
import { cut } from './cut.js'
import { percentDecode } from './escape.js'
import { misplacedTemplate } from './grammar.js'
import { hostWarnings } from './reachable.js'

interface HostPort {
  /** Lower-cased; an IPv6 address keeps its brackets. */
  readonly host: string
  readonly port: number | null
}

/*
 * RFC 3261 §25.1, and a label has at most 63 characters (RFC 1035 §2.3.4):
 *   hostname    = *( domainlabel "." ) toplabel [ "." ]
 *   domainlabel = alphanum / alphanum *( alphanum / "-" ) alphanum
 *   toplabel    = ALPHA / ALPHA *( alphanum / "-" ) alphanum
 */
const HOSTNAME = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z](?:[a-z\d-]{0,61}[a-z\d])?\.?$/i

let last: { readonly text: string; readonly read: Parsed<HostPort> } | undefined

/** `hostport = host [ ":" port ]`, the host being a name, an IPv4 address or an IPv6 address in brackets. */
export function parseHostPort(text: string): Parsed<HostPort> {
  // most URIs of a config lead to the host of the one before
  if (last?.text !== text) last = { text, read: readHostPort(text) }
  return last.read
}

function readHostPort(text: string): Parsed<HostPort> {
  if (text.includes('@')) return unparsed(atTwice())
  const misplaced = misplacedTemplate('the host', text)
  if (misplaced !== undefined) return unparsed(misplaced)
  if (isIPv6(text)) return unparsed(bracketsMissing(text))
  const [host, port] = cut(text, ':', text.lastIndexOf(']') + 1)
  const errors = [hostError(host), portError(port)].filter((error) => error !== undefined)
  if (errors.length > 0) return unparsed(...errors)
  const value = { host: host.toLowerCase(), port: port === null ? null : Number(port) }
  return parsed(value, hostWarnings(value.host))
}

function hostError(host: string): Problem | undefined {
  if (isHost(host)) return undefined
  if (host === '')
    return { code: 'sip-uri', message: 'the host is missing', expected: 'sip:jack@example.com' }
  if (/%3[BF]/i.test(host)) return encodedMark(host)
  const message = `"${host}" is not a host name, an IPv4 address or an IPv6 address in brackets`
  const ascii = domainToASCII(host)
  return { code: 'sip-uri', message, found: host, ...(HOSTNAME.test(ascii) && { help: ascii }) }
}

function encodedMark(host: string): Problem {
  const help = percentDecode(host)
  const message = `the ";" and "?" after the host of a SIP URI stand as they are, not percent-encoded`
  return { code: 'sip-uri', message, found: host, ...(help !== undefined && { help }) }
}

function isHost(host: string): boolean {
  if (!host.startsWith('[')) return HOSTNAME.test(host) || isIPv4(host)
  // Node also takes a zone, `fe80::1%eth0`, which means nothing outside of one machine
  return host.endsWith(']') && isIPv6(host.slice(1, -1)) && !host.includes('%')
}

function bracketsMissing(address: string): Problem {
  const message = `an IPv6 address stands in brackets: "[${address}]"`
  return { code: 'sip-uri', message, found: address, help: `[${address}]` }
}

/** Does not show the text: the first "@" may belong to a password. */
function atTwice(): Problem {
  const message = '"@" stands more than once in the SIP URI; percent-encode one inside the user part as %40'
  return { code: 'sip-uri', message, help: '%40' }
}

function portError(port: string | null): Problem | undefined {
  if (port === null || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) return undefined
  const message = `"${port}" is not a port from 1 to 65535`
  return { code: 'sip-port', message, expected: 'a port from 1 to 65535, or none', found: port }
}
