import type { Problem } from '../errors/problem.js'
import type { SipUriParts } from './uri.js'

/** Providers that take no calls by UDP, Twilio's default, and the transports that they document. */
const TRANSPORTS: readonly { readonly host: RegExp; readonly takes: readonly string[] }[] = [
  { host: /^sip\.api\.openai\.com\.?$/, takes: ['tls'] },
  { host: /\.sip\.livekit\.cloud\.?$/, takes: ['tcp', 'tls'] },
  { host: /^sip\.rtc\.(?:[a-z.]+\.)?elevenlabs\.io\.?$/, takes: ['tcp', 'tls'] },
]

/** Hosts of providers that have SRV records and no address: Webex Calling, Deutsche Telekom. */
const ONLY_SRV =
  /(?:^|\.)(?:calls\.webex\.com|tel\.t-online\.de|sip-trunk\.telekom\.de|primary\.companyflex\.de)\.?$/

/** Warns of a transport that the provider at this host is known not to take. */
export function transportWarning(uri: SipUriParts): Problem[] {
  const provider = TRANSPORTS.find(({ host }) => host.test(uri.host))
  const transport = transportOf(uri)
  if (provider === undefined || provider.takes.includes(transport)) return []
  const help = `;transport=${provider.takes[0]}`
  return [
    {
      code: 'sip-transport-provider',
      message: `"${uri.host}" takes no calls by ${transport}; write ${help}`,
      expected: `transport ${provider.takes.join(' or ')}`,
      found: uri.host,
      help: `add ${help}`,
    },
  ]
}

/** How Twilio sends the INVITE: by UDP if nothing is said; SRTP (`secure=true`) goes with TLS. */
export function transportOf({ scheme, parameters }: Pick<SipUriParts, 'scheme' | 'parameters'>): string {
  const written = (wanted: string) => parameters.find(([name]) => name.toLowerCase() === wanted)?.[1]
  if (scheme === 'sips' || written('secure') === 'true') return 'tls'
  return written('transport')?.toLowerCase() ?? 'udp'
}

/** Warns of a lower-cased host that only SRV records lead to. */
export function srvWarning(host: string): Problem[] {
  if (!ONLY_SRV.test(host)) return []
  const message = `"${host}" is known to have SRV records and no address, and Twilio does not look up SRV (error 13254)`
  return [{ code: 'sip-host-srv', message, expected: 'a host with an address', found: host }]
}
