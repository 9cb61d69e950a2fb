import { BlockList, isIP } from 'node:net'
import type { Problem } from '../errors/problem.js'
import { isPlace, type Parameter } from './parameters.js'
import { srvWarning } from './providers.js'

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
export function hostWarnings(host: string): Problem[] {
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

/** Whether a region or edge stands in the name of a SIP domain; `us1`, where it was always, is let pass. */
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
  const address = host.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  if (family === 0) return PRIVATE_NAME.test(host)
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
