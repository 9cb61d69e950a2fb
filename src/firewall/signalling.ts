import { allDials } from '../dial/find-dial.js'
import { type Config, type DialEntry, type Endpoint, hopsIn } from '../model/config.js'
import { isTwilioDomain } from '../sip/host.js'
import { transportOf } from '../sip/providers.js'
import { SIGNALLING } from '../twilio/addresses.js'
import { REGIONS } from '../twilio/regions.js'

/** One stretch of Twilio's addresses that must reach a port of yours. */
export interface SignallingRule {
  readonly edge: string
  /** Empty for an Interconnect edge. */
  readonly region: string
  readonly addresses: readonly string[]
  readonly transport: 'udp' | 'tcp' | 'tls'
  /** On your side. */
  readonly port: number
  /** The endpoints that it is for. */
  readonly endpoints: readonly string[]
}

/** What Twilio takes when a URI names neither region nor edge. */
const DEFAULT_EDGE = 'ashburn'

/** What the SIP endpoints of a config need, and nothing more; in the order of edges, transports and ports. */
export function signallingRules(config: Config): SignallingRule[] {
  const rules = new Map<string, SignallingRule>()
  for (const endpoint of sipEndpoints(config)) {
    const rule = ruleFor(endpoint)
    const key = `${rule.edge} ${rule.transport} ${rule.port}`
    const endpoints = new Set([...(rules.get(key)?.endpoints ?? []), endpoint.name])
    rules.set(key, { ...rule, endpoints: [...endpoints] })
  }
  return [...rules.values()].sort(inOrder)
}

function inOrder(a: SignallingRule, b: SignallingRule): number {
  const edges = EDGE_ORDER.indexOf(a.edge) - EDGE_ORDER.indexOf(b.edge)
  return edges || a.transport.localeCompare(b.transport) || a.port - b.port
}

const EDGE_ORDER = Object.keys(SIGNALLING)

/** Every edge by every transport at its usual port: what Twilio advises. */
export function allSignallingRules(): SignallingRule[] {
  const transports = [
    ['tcp', 5060],
    ['tls', 5061],
    ['udp', 5060],
  ] as const
  return Object.values(REGIONS).flatMap((edge) =>
    transports.map(([transport, port]) => ({ ...placeOf(edge), transport, port, endpoints: [] })),
  )
}

function ruleFor({ name, uri }: SipEndpoint): SignallingRule {
  const parameter = (wanted: string) => uri.parameters.find(([key]) => key.toLowerCase() === wanted)?.[1]
  const region = parameter('region')
  const edge = parameter('edge') ?? (region ? REGIONS[region]! : DEFAULT_EDGE)
  const transport = transportOf(uri)
  const port = uri.port ?? USUAL_PORTS[transport]!
  return { ...placeOf(edge), transport: transport as SignallingRule['transport'], port, endpoints: [name] }
}

/** RFC 3261 §18 and §19.1.2. */
const USUAL_PORTS: Readonly<Record<string, number>> = { udp: 5060, tcp: 5060, tls: 5061 }

function placeOf(edge: string): Pick<SignallingRule, 'edge' | 'region' | 'addresses'> {
  const region = Object.keys(REGIONS).find((name) => REGIONS[name] === edge) ?? ''
  return { edge, region, addresses: SIGNALLING[edge]! }
}

type SipEndpoint = Endpoint & { readonly uri: NonNullable<Endpoint['uri']> }

/** The endpoints of the config, and the bare URIs of its dials and of its groups for outbound calls. */
function sipEndpoints(config: Config): SipEndpoint[] {
  const dialled = allDials(config).flatMap(({ entries }) => endpointsIn(entries))
  const grouped = [...config.outbound.groups.values()].flatMap(endpointsIn)
  return [...config.endpoints.values(), ...dialled, ...grouped].filter(isSip)
}

/** A user who has registered with Twilio is called over the connection of the registration: no firewall must let it in. */
function isSip(endpoint: Endpoint): endpoint is SipEndpoint {
  return endpoint.uri !== undefined && !isTwilioDomain(endpoint.uri.host)
}

function endpointsIn(steps: readonly DialEntry[]): Endpoint[] {
  return hopsIn(steps).flatMap(({ endpoints }) => endpoints)
}
