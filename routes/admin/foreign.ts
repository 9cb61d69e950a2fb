import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../../src/sip/host.js'

/**
 * Why a request may come from a page of somebody else that is open in the browser of an operator; undefined for one
 * that cannot. Such a page reaches all that the operator reaches, loopback included, and has three ways:
 * a name of its own that it lets point here (DNS rebinding), scripts and forms that send here, and links to here.
 */
export function foreignReason(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  hosts: readonly string[],
): string | undefined {
  const { host = '', origin } = headers
  if (!isOwnName(nameOf(host), socket.localAddress, hosts))
    return `Host "${host}" is not a name of this listener; if it is meant to be one, add it to admin.hosts`
  if (origin !== undefined && !isSame(origin, host)) return `Origin "${origin}" is not this listener`
  if (headers['sec-fetch-site'] === 'cross-site') return 'the request comes from the page of another site'
  return undefined
}

/** `NAME`, `NAME:PORT` or `[IPv6]:PORT` (RFC 9110 §7.2). */
const HOST = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d*)?$/i

function nameOf(host: string): string {
  const [, address, name = ''] = HOST.exec(host) ?? []
  return (address ?? name).toLowerCase().replace(/\.$/, '')
}

/** The address that the connection was made to is not a name that a foreign DNS could point here. */
function isOwnName(name: string, localAddress: string | undefined, hosts: readonly string[]): boolean {
  return isLoopback(name) || name === localAddress?.replace(/^::ffff:/, '') || hosts.includes(name)
}

/** A browser writes the host of an origin as it writes `Host`, in lower case and without the default port. */
function isSame(origin: string, host: string): boolean {
  return [`http://${host}`, `https://${host}`].includes(origin)
}
