import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { percentDecode } from './escape.js'
import { cut, misplacedTemplate } from './grammar.js'
import { isPlace, type Parameter } from './parameters.js'
import { srvWarning } from './providers.js'

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
  const [host, port] = cut(text, ':', text.lastIndexOf(']') + 1)
  const errors = [hostError(host), portError(port)].filter((error) => error !== undefined)
  // after all else, since Node takes 5 ms to compile its pattern
  if (errors.length > 0) return isIPv6(text) ? unparsed(bracketsMissing(text)) : unparsed(...errors)
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
  return { code: 'sip-uri', message, found: host, ...(HOSTNAME.test(ascii) && { help: `write ${ascii}` }) }
}

function encodedMark(host: string): Problem {
  const plain = percentDecode(host)
  const message = `the ";" and "?" after the host of a SIP URI are written as they are, not percent-encoded`
  return { code: 'sip-uri', message, found: host, ...(plain !== undefined && { help: `write ${plain}` }) }
}

function isHost(host: string): boolean {
  if (!host.startsWith('[')) return HOSTNAME.test(host) || isIPv4(host)
  // Node also takes a zone, `fe80::1%eth0`, which means nothing outside of one machine
  return host.endsWith(']') && isIPv6(host.slice(1, -1)) && !host.includes('%')
}

function bracketsMissing(address: string): Problem {
  const message = `an IPv6 address is written in brackets: "[${address}]"`
  return { code: 'sip-uri', message, found: address, help: `write [${address}]` }
}

/** Does not show the text: the first "@" may belong to a password. */
function atTwice(): Problem {
  const message = '"@" is more than once in the SIP URI; percent-encode one inside the user part as %40'
  return { code: 'sip-uri', message, help: 'write %40 in the user part' }
}

function portError(port: string | null): Problem | undefined {
  if (port === null || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) return undefined
  const message = `"${port}" is not a port from 1 to 65535`
  return { code: 'sip-port', message, expected: 'a port from 1 to 65535, or none', found: port }
}

/** Address blocks that are not globally reachable (RFC 6890, the IANA special-purpose registries). */
const PRIVATE_BLOCKS: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
]

const PRIVATE = new BlockList()
for (const [network, prefix, family] of PRIVATE_BLOCKS) PRIVATE.addSubnet(network, prefix, family)

/** Names that no public DNS resolves: RFC 6761, RFC 6762, RFC 8375, and ICANN's reservation of `internal`. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/

/** `acme.sip.twilio.com`, and with a region or edge in it, `acme.sip.us1.twilio.com`. */
const TWILIO_NAME = /\.sip\.(?:[a-z\d-]+\.)?twilio\.com\.?$/

/** Warnings for a lower-cased host that Twilio cannot reach, or reaches only for registered users. */
function hostWarnings(host: string): Problem[] {
  if (isPrivate(host)) {
    const message = `"${host}" is a private or loopback host, which Twilio cannot reach (error 13254)`
    return [{ code: 'sip-host-private', message, expected: 'a public name or address', found: host }]
  }
  if (isTwilioDomain(host)) {
    const message = `"${host}" is a Twilio SIP domain, where Twilio reaches only registered users (error 13255)`
    return [{ code: 'sip-host-twilio', message, found: host, ...(isLocal(host) && { help: GLOBAL_HOST }) }]
  }
  return srvWarning(host)
}

const GLOBAL_HOST = 'leave the region or edge out of the host name; Twilio refuses it (errors 32220, 32221)'

/** Whether a region or edge is in the name of a SIP domain. `us1`, the default region, does not count. */
function isLocal(host: string): boolean {
  return !/\.sip\.(?:us1\.)?twilio\.com\.?$/.test(host)
}

/** Whether a lower-cased host is a SIP domain at Twilio, where users register. */
export function isTwilioDomain(host: string): boolean {
  return TWILIO_NAME.test(host)
}

/** Warns of a region or edge for a registered user: the call leaves from where the user has registered. */
export function ignoredPlace(host: string, parameters: readonly Parameter[]): Problem[] {
  if (!isTwilioDomain(host)) return []
  return parameters.filter(isPlace).map((parameter) => ({
    code: 'sip-region-ignored',
    message: `Twilio ignores ${parameter.join('=')} for "${host}": a call to a registered user leaves from the edge of the registration`,
    expected: 'neither region nor edge',
    found: parameter[0],
    help: `remove ${parameter[0]}`,
  }))
}

function isPrivate(host: string): boolean {
  if (HOSTNAME.test(host)) return PRIVATE_NAME.test(host)
  const address = host.replace(/^\[|\]$/g, '')
  return PRIVATE.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
