import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { loadConfig } from '../src/config/load.js'
import { signallingRules } from '../src/firewall/signalling.js'
import { ADDRESSES_DATE, MEDIA, SIGNALLING } from '../src/twilio/addresses.js'
import { EDGES } from '../src/twilio/regions.js'
import { MAIN } from './harness/account-config.js'
import { runWith } from './harness/run.js'

const EXAMPLE = path.resolve('config/dialsip.yaml')

t.test('the addresses are those that Twilio publishes', async (t) => {
  t.equal(ADDRESSES_DATE, '2026-11-20')
  t.strictSame(Object.keys(SIGNALLING), EDGES)
  t.strictSame(Object.values(SIGNALLING).slice(0, 8).flat(), [
    '54.172.60.0/30',
    '54.244.51.0/30',
    '54.171.127.192/30',
    '35.156.191.128/30',
    '54.169.127.128/30',
    '54.65.63.192/30',
    '177.71.206.192/30',
    '54.252.254.64/30',
  ])
  t.strictSame(
    Object.values(SIGNALLING)
      .slice(8)
      .map(([pair]) => pair),
    [
      '208.78.112.64',
      '67.213.136.64',
      '185.187.132.68',
      '185.194.136.64',
      '103.75.151.68',
      '103.144.142.68',
      '103.146.214.68',
      '159.183.255.68',
    ].map((first) => `${first}/31`),
  )
  t.strictSame(MEDIA, { addresses: '168.86.128.0/18', ports: { from: 10_000, to: 60_000 } })
})

t.test('the allow-list of the shipped example is right', async (t) => {
  const { code, stdout } = await runWith(['allowlist', EXAMPLE])
  t.equal(code, 0)
  t.match(stdout, /^ie1 +dublin +54\.171\.127\.192\/30 +udp +5060 +dublin, sip:jack@example\.com$/m)
  t.match(stdout, /^de1 +frankfurt +35\.156\.191\.128\/30 +tls +5061 +frankfurt, /m)
  t.match(stdout, /^all +all +168\.86\.128\.0\/18 +udp +1024-65535 +media$/m)
  t.match(readFileSync('docs/firewall.md', 'utf8'), stdout, 'docs/firewall.md shows it as it is')
})

/** The rule of a security group for SIP over TLS. */
function tlsRule(rules: readonly { FromPort: number }[]): unknown {
  return rules.find((rule) => rule.FromPort === 5061)
}

t.test('every format says the same', async (t) => {
  const list = (...args: string[]) =>
    runWith(['allowlist', '-c', EXAMPLE, '--media-ports', '10000-20000', ...args])
  t.match(
    (await list('--format', 'nftables')).stdout,
    /^add rule inet filter input ip saddr { 35\.156\.191\.128\/30 } tcp dport 5061 accept comment "Twilio frankfurt tls"$/m,
  )
  t.match(
    (await list('--format', 'nftables')).stdout,
    /ip saddr 168\.86\.128\.0\/18 udp sport 10000-60000 udp dport 10000-20000 accept/,
  )
  t.match(
    (await list('--format', 'iptables')).stdout,
    /^iptables -A INPUT -s 168\.86\.128\.0\/18 -p udp --sport 10000:60000 --dport 10000:20000 /m,
  )
  t.match(tlsRule(JSON.parse((await list('--format', 'aws')).stdout)), {
    IpProtocol: 'tcp',
    FromPort: 5061,
    ToPort: 5061,
    IpRanges: [{ CidrIp: '35.156.191.128/30' }],
  })
  const json = JSON.parse((await list('--format', 'json')).stdout)
  t.match(json, { date: ADDRESSES_DATE, media: { toPorts: { from: 10_000, to: 20_000 } } })
  t.match(
    json.signalling.find((rule: { transport: string }) => rule.transport === 'tls'),
    { region: 'de1', transport: 'tls', port: 5061, endpoints: ['frankfurt'] },
  )
  const all = JSON.parse((await runWith(['allowlist', '--all', '--format', 'json'])).stdout)
  t.equal(all.signalling.length, 24)
  t.match(
    (await runWith(['allowlist', '--all'])).stdout,
    /^us1 +ashburn +54\.172\.60\.0\/30 +tls +5061 +SIP$/m,
  )
})

t.test('every way to dial is in the allow-list', async (t) => {
  const text = `
publicUrl: https://voice.example.com
accounts: [{ sid: ${MAIN}, authTokens: ["\${T:-1}"] }]
defaults: { otherwise: { dial: "sip:a@last.example" } }
endpoints:
  ix: { uri: "sip:a@ix.example:5070;transport=TCP;edge=london-ix" }
  srtp: { uri: "sip:a@srtp.example;secure=true", region: jp1 }
  phone: { uri: "sip:a@acme.sip.twilio.com", region: br1 }
routes:
  - { name: split, to: "+4930*", dial: [{ split: { ix: 1, srtp: 1 } }, "sip:b@split.example;edge=sydney", { number: "+4989123456" }] }
  - { name: say, to: "+4931*", say: Hello. }
groups: { lab: ["sip:c@lab.example:15060;edge=tokyo", "sip:c@lab.example:9060;edge=tokyo"] }
actions: { more: { dial: "sips:a@sips.example" } }
default: { action: more }
`
  const configSource = { read: () => text, glob: () => [], variables: {}, placeholders: true }
  const { config } = loadConfig('/d.yaml', configSource)
  t.strictSame(
    signallingRules(config!).map(
      ({ edge, region, transport, port }) => `${edge} ${region} ${transport} ${port}`,
    ),
    [
      'ashburn us1 tls 5061',
      'ashburn us1 udp 5060',
      'tokyo jp1 tls 5061',
      'tokyo jp1 udp 9060',
      'tokyo jp1 udp 15060',
      'sydney au1 udp 5060',
      'london-ix  tcp 5070',
    ],
  )
  const file = path.join(t.testdir({ 'd.yaml': text }), 'd.yaml')
  t.match(
    (await runWith(['allowlist', file])).stdout,
    /^- +london-ix +185\.187\.132\.70\/32 +tcp +5070 +ix$/m,
  )
})

t.test('wrong use of the allow-list is an error', async (t) => {
  const cases: [string[], RegExp, number][] = [
    [['--format', 'pf'], /no format "pf", only table, json, nftables, iptables, aws/, 2],
    [['--format', 'constructor'], /no format/, 2],
    [['--media-ports', '20000-10000'], /expected two ports/, 2],
    [['--media-ports', '10000'], /expected two ports/, 2],
    [['--media-ports', '1-65536'], /expected two ports/, 2],
    [
      ['/nowhere.yaml'],
      /^dialsip: \/nowhere\.yaml does not exist; .*\ndialsip: \/nowhere\.yaml:1:1: .*cannot be read/,
      2,
    ],
    [['a.yaml', 'b.yaml'], /allowlist takes one config/, 2],
  ]
  for (const [args, says, exit] of cases) {
    const { code, stderr } = await runWith(['allowlist', ...args], { DIALSIP_CONFIG: EXAMPLE })
    t.equal(code, exit)
    t.match(stderr, says)
  }
  t.equal((await runWith(['allowlist'], { DIALSIP_CONFIG: EXAMPLE })).code, 0)
  for (const name of ['call', 'numbers', 'allowlist'])
    t.match((await runWith([name, '--help'])).stdout, new RegExp(`^ {2}dialsip ${name} .*$`, 'm'))
})
