import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../bin/main.js'
import { loadConfig } from '../src/config/load.js'
import { signallingRules } from '../src/firewall/signalling.js'
import { ADDRESSES_DATE, MEDIA, SIGNALLING } from '../src/twilio/addresses.js'
import { EDGES } from '../src/twilio/regions.js'
import { type Ran, runIn } from './harness/run.js'
import { startTwilioApi, TOO_MANY, type TwilioApi } from './harness/twilio-api.js'

const MAIN = `AC${'a'.repeat(32)}`
const SUB = `AC${'b'.repeat(32)}`
const EXAMPLE = path.resolve('config/dialsip.yaml')
const VOICE_URL = 'https://voice.example.com/voice#ct=2000&rt=4000&rc=2&rp=ct,rt,5xx'

function yaml(url: string, twilio = '', main = '${TOKEN:-12345}'): string {
  return `
publicUrl: https://voice.example.com
accounts:
  - { sid: ${MAIN}, name: main, authTokens: ["${main}"] }
  - { sid: ${SUB}, name: sub, authTokens: ["\${SUB_TOKEN:-67890}"] }
twilio: { apiBaseUrl: "${url}"${twilio} }
endpoints: { pbx: { uri: "sip:{{To}}@pbx.example.com", password: "\${PBX_PASSWORD}" } }
routes:
  - { name: berlin, to: ["+4930*"], dial: pbx }
  - { name: paris, to: ["+33123456789", "+33123456780"], dial: pbx }
`
}

/** A number of the mock; those in order have what the config wants. */
function number(at: number, change: object = {}): Record<string, unknown> {
  return {
    sid: `PN${String(at).padStart(32, '0')}`,
    phone_number: `+4930${String(at).padStart(6, '0')}`,
    friendly_name: `desk ${at}`,
    voice_url: VOICE_URL,
    voice_method: 'POST',
    voice_fallback_url: null,
    voice_fallback_method: null,
    status_callback: 'https://voice.example.com/status',
    status_callback_method: 'POST',
    trunk_sid: null,
    voice_application_sid: null,
    ...change,
  }
}

/** 120 numbers of the main account, on three pages, and one of the subaccount. */
async function account(t: Test): Promise<TwilioApi> {
  const twilio = await startTwilioApi([`${MAIN}:12345`, `${SUB}:67890`])
  t.teardown(() => twilio.close())
  const all = Array.from({ length: 117 }, (_, at) => number(at))
  all[60] = number(60, { voice_url: 'https://old.example.com/', status_callback: '' })
  all[116] = number(116, { voice_method: 'GET' })
  all.push(number(117, { trunk_sid: 'TK1' }), number(118, { voice_application_sid: 'AP1', trunk_sid: 'TK1' }))
  all.push({
    ...Object.fromEntries(Object.keys(number(0)).map((key) => [key, null])),
    phone_number: '+15550000000',
  })
  twilio.numbers.set(MAIN, all)
  twilio.numbers.set(SUB, [number(1, { phone_number: '+33123456789' })])
  twilio.accounts.push({ sid: MAIN, friendly_name: 'main' }, { sid: SUB, friendly_name: 'sub' })
  return twilio
}

function commandsOf(t: Test, text: string) {
  const file = path.join(t.testdir({ 'dialsip.yaml': text }), 'dialsip.yaml')
  return (args: string[] = [], env = {}) => run(['numbers', ...args], { DIALSIP_CONFIG: file, ...env })
}

t.test('the plan lists what is not in order', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url))
  const { code, stdout } = await numbers()
  t.equal(code, 1)
  t.equal(
    stdout,
    `~ +4930000060  desk 60  account main  route berlin
    voiceUrl        https://old.example.com/ → ${VOICE_URL}
    statusCallback  (none) → https://voice.example.com/status
~ +4930000116  desk 116  account main  route berlin
    voiceMethod  GET → POST
! +4930000117  desk 117  account main  route berlin
    trunk TK1 takes its calls, so a voice URL has no effect; remove it in the Console
! +4930000118  desk 118  account main  route berlin
    application AP1 takes its calls, so a voice URL has no effect; remove it in the Console
? +15550000000    account main  claimed by no route
- +33123456780  claimed by route paris, in none of the accounts

116 in order, 2 to change, 2 past dialsip, 1 claimed by no route, 1 missing
`,
  )
  t.equal(twilio.received.length, 4, 'three pages and one')
  t.ok(twilio.received.every(({ method }) => method === 'GET'))
})

t.test('a number of an account that its route is not for is claimed by nobody', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url).replace('name: paris,', 'name: paris, account: main,'))
  const { stdout } = await numbers(['--only', '+33*'])
  t.match(stdout, /\? \+33123456789 {2}desk 1 {2}account sub {2}claimed by no route\n- \+33123456789 /)
})

t.test('--apply fixes what can be fixed', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url, ', voiceFallbackUrl: "https://other.example.net/voice"'))
  twilio.mishaps.push(TOO_MANY, 'slow', 'reset')
  const { code, stdout, stderr } = await numbers(['--apply', '--only', '+4930*', '--only', '+33123456789'])
  t.equal(code, 1, 'a trunk stays in the way')
  t.match(stdout, /118 in order, 0 to change, 2 past dialsip, 0 claimed by no route, 0 missing/)
  t.match(stderr, /\+4930000060: set voiceUrl, voiceFallbackUrl, voiceFallbackMethod, statusCallback\n/)
  t.match(twilio.numbers.get(MAIN)![60], {
    voice_url: VOICE_URL,
    voice_fallback_url: 'https://other.example.net/voice',
    status_callback: 'https://voice.example.com/status',
  })
  const writes = twilio.received.filter(({ method }) => method === 'POST')
  t.equal(writes.length, 118)
  t.equal((await numbers(['--only', '+4930000000..+4930000099'])).code, 0, 'what is fixed stays so')
})

t.test('one account and machines are served', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url, ', retries: none'))
  const { code, stdout } = await numbers(['--account', 'sub', '--json'])
  t.equal(code, 1)
  t.strictSame(JSON.parse(stdout), {
    counts: { inOrder: 0, toChange: 1, overruled: 0, unclaimed: 0, missing: 0 },
    numbers: [
      {
        account: SUB,
        sid: `PN${'1'.padStart(32, '0')}`,
        phoneNumber: '+33123456789',
        friendlyName: 'desk 1',
        route: 'paris',
        overruledBy: null,
        changes: [{ name: 'voiceUrl', is: VOICE_URL, shouldBe: 'https://voice.example.com/voice' }],
      },
    ],
    missing: [],
  })
  const unclaimed = JSON.parse(
    (await numbers(['--json', '--account', MAIN, '--only', '+15550000000'])).stdout,
  )
  t.match(unclaimed.numbers, [{ route: null }])
  t.match((await numbers(['--only', '+39*'])).stdout, /^0 in order/)
})

t.test('a subaccount that the config lacks is named', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url))
  t.equal((await numbers(['--subaccounts', '--only', '+4930000001'])).code, 0)
  twilio.accounts.push({ sid: `AC${'c'.repeat(32)}`, friendly_name: 'lab' })
  const { code, stderr } = await numbers(['--subaccounts'])
  t.equal(code, 2)
  t.equal(
    stderr,
    `dialsip: subaccount AC${'c'.repeat(32)} (lab) of main is not in the config; add it under accounts with its authTokens\n`,
  )
})

t.test('without the right credentials one line says so', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url, '', '${MAIN_TOKEN}'))
  const cases: [string[], object, RegExp][] = [
    [[], {}, /^dialsip: account main has no credentials; set MAIN_TOKEN\n$/],
    [
      [],
      { MAIN_TOKEN: 'wrong' },
      /^dialsip: Twilio refuses the credentials of account main \(error 20003\).*\n$/,
    ],
    [['--account', 'man'], {}, /^dialsip: no account is called "man"; the config has main, sub\n$/],
    [['--only', '4930'], {}, /^dialsip: --only: .*; see dialsip numbers --help\n$/],
  ]
  for (const [args, env, says] of cases) {
    const { code, stderr } = await numbers(args, env)
    t.equal(code, 2)
    t.match(stderr, says)
    t.notMatch(stderr, /wrong'|67890|12345/)
  }
  t.equal(twilio.received.length, 1)
  const keyed = commandsOf(
    t,
    yaml(twilio.url).replace('name: main,', 'name: main, apiKey: SK1, apiKeySecret: "${KEY}",'),
  )
  t.match((await keyed()).stderr, /^dialsip: account main has no credentials; set KEY\n$/)
  const mounted = commandsOf(t, yaml(twilio.url, '', '${file:/run/secrets/no_token}'))
  t.match(
    (await mounted()).stderr,
    /account main has no credentials; mount the secret at \/run\/secrets\/no_token\n$/,
  )
  const poor = commandsOf(
    t,
    yaml(twilio.url).replace(/authTokens: \["\$\{SUB_TOKEN:-67890\}"\]/, 'authTokens: []'),
  )
  t.match(
    (await poor()).stderr,
    /^dialsip: account sub has no credentials; add authTokens, or apiKey and apiKeySecret\n$/,
  )
  t.equal((await commandsOf(t, 'publicUrl: x')()).code, 2)
  const lacking = await commandsOf(t, yaml(twilio.url).replace(/, authTokens: \["[^"]*67890\}"\]/, ''))()
  t.equal(lacking.code, 2)
  t.match(
    lacking.stderr,
    /^dialsip: \S+dialsip\.yaml:5:5 accounts\[1\]: "authTokens" is missing; add authTokens\n$/,
  )
})

t.test('an error of ours is not taken for one of Twilio', async (t) => {
  const broken = new Error('the disk is full')
  const io = {
    stdout: {
      write: () => {
        throw broken
      },
    },
    stderr: { write: () => 0 },
    env: {},
  }
  const twilio = await account(t)
  const file = path.join(t.testdir({ 'dialsip.yaml': yaml(twilio.url) }), 'dialsip.yaml')
  await t.rejects(main(['numbers', '-c', file], io), broken)
})

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
  const { code, stdout } = await run(['allowlist', EXAMPLE])
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
    run(['allowlist', '-c', EXAMPLE, '--media-ports', '10000-20000', ...args])
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
  const all = JSON.parse((await run(['allowlist', '--all', '--format', 'json'])).stdout)
  t.equal(all.signalling.length, 24)
  t.match((await run(['allowlist', '--all'])).stdout, /^us1 +ashburn +54\.172\.60\.0\/30 +tls +5061 +SIP$/m)
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
  t.match((await run(['allowlist', file])).stdout, /^- +london-ix +185\.187\.132\.70\/32 +tcp +5070 +ix$/m)
})

t.test('wrong use of the allow-list is told', async (t) => {
  const cases: [string[], RegExp, number][] = [
    [['--format', 'pf'], /no format "pf", only table, json, nftables, iptables, aws/, 2],
    [['--format', 'constructor'], /no format/, 2],
    [['--media-ports', '20000-10000'], /expected two ports/, 2],
    [['--media-ports', '10000'], /expected two ports/, 2],
    [['--media-ports', '1-65536'], /expected two ports/, 2],
    [['/nowhere.yaml'], /^dialsip: \/nowhere\.yaml:1:1: .*cannot be read/, 2],
    [['a.yaml', 'b.yaml'], /allowlist takes one config/, 2],
  ]
  for (const [args, says, exit] of cases) {
    const { code, stderr } = await run(['allowlist', ...args], { DIALSIP_CONFIG: EXAMPLE })
    t.equal(code, exit)
    t.match(stderr, says)
  }
  t.equal((await run(['allowlist'], { DIALSIP_CONFIG: EXAMPLE })).code, 0)
  for (const name of ['call', 'numbers', 'allowlist'])
    t.match((await run([name, '--help'])).stdout, new RegExp(`^ {2}dialsip ${name} .*$`, 'm'))
})

/** A command run in this process. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return runIn(env)(...args)
}
