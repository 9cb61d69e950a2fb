import { ADDRESSES_DATE, ADDRESSES_SOURCE, MEDIA } from '../twilio/addresses.js'
import type { SignallingRule } from './signalling.js'

/** The rules of a firewall, with the UDP ports at which your side takes media. */
export interface AllowList {
  readonly signalling: readonly SignallingRule[]
  readonly mediaPorts: { readonly from: number; readonly to: number }
}

/** How an allow-list can be written, by the name of `--format`. */
export const FORMATS: Readonly<Record<string, (list: AllowList) => string>> = {
  table,
  json,
  nftables,
  iptables,
  aws,
}

const ORIGIN = `Twilio's addresses, ${ADDRESSES_SOURCE}, ${ADDRESSES_DATE}`

/** TLS runs over TCP. */
function protocolOf({ transport }: SignallingRule): 'udp' | 'tcp' {
  return transport === 'udp' ? 'udp' : 'tcp'
}

function table({ signalling, mediaPorts }: AllowList): string {
  const rows = [
    ['region', 'edge', 'from', 'transport', 'to port', 'for'],
    ...signalling.flatMap((rule) =>
      rule.addresses.map((address) => [
        rule.region || '-',
        rule.edge,
        address,
        rule.transport,
        String(rule.port),
        rule.endpoints.join(', ') || 'SIP',
      ]),
    ),
    ['all', 'all', MEDIA.addresses, 'udp', `${mediaPorts.from}-${mediaPorts.to}`, 'media'],
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n\n${ORIGIN}\n`
}

function json({ signalling, mediaPorts }: AllowList): string {
  const media = {
    addresses: [MEDIA.addresses],
    transport: 'udp',
    fromPorts: MEDIA.ports,
    toPorts: mediaPorts,
  }
  return `${JSON.stringify({ source: ADDRESSES_SOURCE, date: ADDRESSES_DATE, signalling, media }, null, 2)}\n`
}

/** For `nft -f`: rules at the end of the usual input chain. An accept in a table of its own would not outweigh a drop here. */
function nftables({ signalling, mediaPorts }: AllowList): string {
  const rule = (match: string, comment: string) =>
    `add rule inet filter input ${match} accept comment "Twilio ${comment}"`
  const rules = signalling.map((one) =>
    rule(
      `ip saddr { ${one.addresses.join(', ')} } ${protocolOf(one)} dport ${one.port}`,
      `${one.edge} ${one.transport}`,
    ),
  )
  const ports = `udp sport ${MEDIA.ports.from}-${MEDIA.ports.to} udp dport ${mediaPorts.from}-${mediaPorts.to}`
  return `# ${ORIGIN}\n${[...rules, rule(`ip saddr ${MEDIA.addresses} ${ports}`, 'media')].join('\n')}\n`
}

function iptables({ signalling, mediaPorts }: AllowList): string {
  const rules = signalling.flatMap((rule) =>
    rule.addresses.map(
      (address) =>
        `iptables -A INPUT -s ${address} -p ${protocolOf(rule)} --dport ${rule.port} -m comment --comment "Twilio ${rule.edge} ${rule.transport}" -j ACCEPT`,
    ),
  )
  const { from, to } = MEDIA.ports
  const media = `iptables -A INPUT -s ${MEDIA.addresses} -p udp --sport ${from}:${to} --dport ${mediaPorts.from}:${mediaPorts.to} -m comment --comment "Twilio media" -j ACCEPT`
  return `# ${ORIGIN}\n${[...rules, media].join('\n')}\n`
}

/** The `--ip-permissions` of `aws ec2 authorize-security-group-ingress`; a security group sees no source ports. */
function aws({ signalling, mediaPorts }: AllowList): string {
  const rules = signalling.map((rule) =>
    permission(
      protocolOf(rule),
      rule.port,
      rule.port,
      rule.addresses,
      `Twilio ${rule.edge} ${rule.transport}`,
    ),
  )
  const media = permission('udp', mediaPorts.from, mediaPorts.to, [MEDIA.addresses], 'Twilio media')
  return `${JSON.stringify([...rules, media], null, 2)}\n`
}

function permission(
  protocol: string,
  from: number,
  to: number,
  addresses: readonly string[],
  description: string,
): object {
  return {
    IpProtocol: protocol,
    FromPort: from,
    ToPort: to,
    IpRanges: addresses.map((address) => ({ CidrIp: address, Description: description })),
  }
}
