import path from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../bin/main.js'
import type { RestSettings } from '../src/model/config.js'
import { connect, hostedAt, openAccount, originOf } from '../src/rest/account-api.js'
import { MAIN, SUB, VOICE_URL, yaml } from './harness/account-config.js'
import { runWith } from './harness/run.js'
import { startTwilioApi, TOO_MANY, type TwilioApi } from './harness/twilio-api.js'

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
  return (args: string[] = [], env = {}) => runWith(['numbers', ...args], { DIALSIP_CONFIG: file, ...env })
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

116 in order, 2 to change, 2 past dialsip, 1 not claimed, 1 missing
`,
  )
  t.equal(twilio.received.length, 12, 'three pages of numbers and one, and four lists of each account')
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
  t.match(stdout, /118 in order, 0 to change, 2 past dialsip, 0 not claimed, 0 missing/)
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

function sid(prefix: string, at: number): string {
  return prefix + String(at).padStart(32, '0')
}

const OLD_URL = 'https://user:pass-word@old.example.com/voice'
const IN_ORDER = {
  voice_url: VOICE_URL,
  voice_method: 'POST',
  status_callback: 'https://voice.example.com/status',
  status_callback_url: 'https://voice.example.com/status',
  voice_status_callback_url: 'https://voice.example.com/status',
  status_callback_method: 'POST',
  voice_status_callback_method: 'POST',
}

function application(at: number, change: object = {}) {
  return { sid: sid('AP', at), friendly_name: `app ${at}`, ...IN_ORDER, ...change }
}

function domain(at: number, name: string, change: object = {}) {
  return { sid: sid('SD', at), domain_name: `${name}.sip.twilio.com`, ...IN_ORDER, ...change }
}

function byoc(at: number, change: object = {}) {
  return { sid: sid('BY', at), friendly_name: 'carrier', ...IN_ORDER, ...change }
}

function trunk(at: number, url: string | null, method = 'POST') {
  return {
    sid: sid('TK', at),
    friendly_name: null,
    disaster_recovery_url: url,
    disaster_recovery_method: method,
  }
}

/** All that leads calls to a webhook, in every state. */
async function mixedAccount(t: Test): Promise<TwilioApi> {
  const twilio = await startTwilioApi([`${MAIN}:12345`, `${SUB}:67890`])
  t.teardown(() => twilio.close())
  twilio.numbers.set(MAIN, [
    number(1, { voice_application_sid: sid('AP', 1), voice_url: OLD_URL }),
    number(2, { voice_application_sid: sid('AP', 2) }),
    number(3, { voice_application_sid: sid('AP', 2), phone_number: '+15550000003' }),
    number(4, { trunk_sid: sid('TK', 1), voice_url: '' }),
    number(5, { trunk_sid: sid('TK', 2) }),
    number(6, { voice_application_sid: sid('AP', 1) }),
  ])
  twilio.others.set(`${MAIN} SIP/Domains`, [
    domain(1, 'acme', { voice_url: OLD_URL, voice_status_callback_url: null }),
    domain(2, 'other', { voice_url: OLD_URL }),
  ])
  twilio.others.set(`${MAIN} Applications`, [
    application(1, { voice_url: OLD_URL }),
    application(2, { voice_url: OLD_URL }),
    application(3, { voice_url: null }),
    application(4, { voice_method: 'GET' }),
  ])
  const none = Array.from({ length: 50 }, (_, at) => trunk(at + 10, `${VOICE_URL.split('#')[0]}?via=dr`))
  twilio.others.set(`${MAIN} Trunks`, [
    ...none,
    trunk(1, VOICE_URL, 'GET'),
    trunk(2, 'https://old.example.com/dr'),
  ])
  twilio.others.set(`${MAIN} ByocTrunks`, [byoc(1, { voice_url: OLD_URL }), byoc(2)])
  return twilio
}

const LOBBY = `  - { name: lobby, to: ["sip:*@acme.sip.us1.twilio.com", "sip:1@gone.sip.twilio.com"], dial: pbx }
  - { name: desk, to: "sip:7@acme.sip.twilio.com", account: main, dial: pbx }
`

function mixedYaml(twilio: TwilioApi): string {
  return `${yaml(twilio.url).replace(/ {2}- \{ name: paris.*\n/, '')}${LOBBY}`
}

t.test('SIP domains, applications and trunks are compared as well', async (t) => {
  const twilio = await mixedAccount(t)
  const numbers = commandsOf(t, mixedYaml(twilio))
  const { code, stdout } = await numbers()
  t.equal(code, 1)
  const url = `https://user:***@old.example.com/voice`
  t.equal(
    stdout,
    `! +4930000002  desk 2  account main  route berlin
    application ${sid('AP', 2)} takes its calls, so a voice URL has no effect; it leads to ${url}, also for +15550000003, which no route claims: --claim it, or remove it in the Console
? +15550000003  desk 3  account main  claimed by no route
! +4930000005  desk 5  account main  route berlin
    trunk ${sid('TK', 2)} takes its calls, so a voice URL has no effect; remove it in the Console
~ SIP domain acme.sip.twilio.com    account main  route desk, route lobby
    voiceUrl                ${url} → ${VOICE_URL}
    voiceStatusCallbackUrl  (none) → https://voice.example.com/status
? SIP domain other.sip.twilio.com    account main  claimed by no route
~ application ${sid('AP', 1)}  app 1  account main  of +4930000001 and 1 more
    voiceUrl  ${url} → ${VOICE_URL}
? application ${sid('AP', 2)}  app 2  account main  leads to ${url}, also for +15550000003, which no route claims
? application ${sid('AP', 3)}  app 3  account main  leads nowhere
~ application ${sid('AP', 4)}  app 4  account main  leads here
    voiceMethod  GET → POST
? BYOC trunk ${sid('BY', 1)}  carrier  account main  leads to ${url}
~ trunk ${sid('TK', 1)}    account main  leads here
    disasterRecoveryMethod  GET → POST
? trunk ${sid('TK', 2)}    account main  leads to https://old.example.com/dr
- SIP domain gone.sip.twilio.com  claimed by route lobby, in none of the accounts

54 in order, 4 to change, 2 past dialsip, 6 not claimed, 1 missing
`,
  )
  t.ok(twilio.received.every(({ method }) => method === 'GET'))
})

t.test('--apply sets what is claimed, and nothing else', async (t) => {
  const twilio = await mixedAccount(t)
  const numbers = commandsOf(t, mixedYaml(twilio))
  const posted = () =>
    twilio.received.splice(0).flatMap(({ method, path, params }) => {
      const [name] = path.split('/').slice(-1)
      return method === 'POST' ? [[name!.replace('.json', ''), ...params.keys()]] : []
    })
  twilio.mishaps.push(TOO_MANY)
  const { stderr } = await numbers(['--apply'])
  t.same(posted(), [
    [sid('SD', 1), 'VoiceStatusCallbackUrl', 'VoiceUrl'],
    [sid('AP', 1), 'VoiceUrl'],
    [sid('AP', 4), 'VoiceMethod'],
    [sid('TK', 1), 'DisasterRecoveryMethod'],
  ])
  t.match(stderr, /^SIP domain acme.sip.twilio.com: set voiceUrl, voiceStatusCallbackUrl\napplication AP/)
  t.match(await numbers(), { code: 1, stdout: /^! \+4930000002 .*\n\n58 in order, 0 to change, 2 past/s })
  const claimed = ['AP', 'BY', 'TK'].flatMap((prefix) => ['--claim', sid(prefix, prefix === 'BY' ? 1 : 2)])
  const claims = await numbers([...claimed, '--only', '+4930*', '--apply'])
  t.same(posted(), [
    [sid('AP', 2), 'VoiceUrl'],
    [sid('BY', 1), 'VoiceUrl'],
    [sid('TK', 2), 'DisasterRecoveryUrl'],
  ])
  t.match(claims, { code: 0, stdout: '9 in order, 0 to change, 0 past dialsip, 0 not claimed, 0 missing\n' })
  const domains = await numbers(['--only', 'sip:*@other.sip.twilio.com', '--json'])
  t.match(JSON.parse(domains.stdout), { counts: { unclaimed: 1 }, resources: [{ kind: 'SIP domain' }] })
})

t.test('a region marks numbers, and an application of theirs is not claimed by them', async (t) => {
  const twilio = await mixedAccount(t)
  twilio.regions.set('+4930000001', 'ie1').set('+4930000006', 'ie1').set('+15550000003', 'ie1')
  const { stdout } = await commandsOf(t, mixedYaml(twilio))(['--regions'])
  t.match(stdout, /! \+4930000001 .*\n {4}region ie1 takes its calls, so a voice URL has no effect here; set/)
  t.match(stdout, `? application ${sid('AP', 1)}  app 1  account main  leads to`)
  t.match(stdout, `~ application ${sid('AP', 2)}  app 2  account main  of +4930000002\n`)
})

t.test('a wrong --claim is named, and what Twilio refuses with its list', async (t) => {
  const twilio = await mixedAccount(t)
  const numbers = commandsOf(t, mixedYaml(twilio))
  t.match(await numbers(['--claim', 'PN1']), {
    code: 2,
    stderr: '--claim takes the SID of an application (AP…)',
  })
  t.match(await numbers(['--claim', sid('AP', 9), '--apply']), {
    code: 2,
    stderr: `--claim: none of the accounts has ${sid('AP', 9)}`,
  })
  const denied = { status: 403, body: { code: 70051, message: 'Authorization Error', status: 403 } }
  twilio.mishaps.push('slow', 'slow', denied)
  t.match(await numbers(), {
    code: 1,
    stderr: 'dialsip: Twilio: Authorization Error, while reading applications (error 70051)\n',
  })
  const wrong = { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } }
  twilio.mishaps.push('slow', 'slow', wrong)
  t.match(await numbers(), { code: 2, stderr: /refuses the credentials of account main \(error 20003\)/ })
  t.match(await numbers(['--account', 'sub']), { code: 0, stdout: /^0 in order/ })
})

t.test('one account and machines are served', async (t) => {
  const twilio = await account(t)
  const numbers = commandsOf(t, yaml(twilio.url, ', retries: none'))
  const { code, stdout } = await numbers(['--account', 'sub', '--json'])
  t.equal(code, 1)
  t.strictSame(JSON.parse(stdout), {
    counts: { inOrder: 0, toChange: 1, overruled: 0, unclaimed: 0, missing: 0 },
    resources: [
      {
        account: SUB,
        kind: 'number',
        sid: `PN${'1'.padStart(32, '0')}`,
        name: '+33123456789',
        friendlyName: 'desk 1',
        claim: 'route paris',
        overruledBy: null,
        changes: [{ name: 'voiceUrl', is: VOICE_URL, shouldBe: 'https://voice.example.com/voice' }],
      },
    ],
    missing: [],
  })
  const unclaimed = JSON.parse(
    (await numbers(['--json', '--account', MAIN, '--only', '+15550000000'])).stdout,
  )
  t.match(unclaimed.resources, [{ claim: null }])
  t.match((await numbers(['--only', '+39*'])).stdout, /^0 in order/)
})

t.test('--regions marks numbers whose calls are worked on in another region', async (t) => {
  const twilio = await account(t)
  twilio.regions.set('+4930000001', 'ie1').set('+4930000002', 'us1')
  const numbers = commandsOf(t, yaml(twilio.url))
  const only = ['--only', '+4930000000..+4930000003', '--account', 'main']
  t.match(await numbers(only), { code: 0, stdout: '4 in order' })
  const { code, stdout } = await numbers([...only, '--regions'])
  t.equal(code, 1)
  t.equal(
    stdout,
    `! +4930000001  desk 1  account main  route berlin
    region ie1 takes its calls, so a voice URL has no effect here; set twilio.region and the auth token of that region

3 in order, 0 to change, 1 past dialsip, 0 not claimed, 0 missing
`,
  )
  twilio.mishaps.push({ status: 200, body: { incoming_phone_numbers: [number(1)], next_page_uri: null } })
  const none = { status: 404, body: { code: 20404, message: 'not found', status: 404 } }
  twilio.mishaps.push(none, none, none, none, {
    status: 401,
    body: { code: 20003, message: 'Authenticate', status: 401 },
  })
  t.match(
    await numbers([...only, '--regions']),
    { code: 0, stdout: '1 in order' },
    'a token that may not ask',
  )
})

t.test('without an answer no region is taken for known', async (t) => {
  const account = {
    sid: MAIN,
    name: 'main',
    authTokens: ['12345'],
    sharedKeys: {},
    enhancedSip: false,
    apiKey: undefined,
  }
  let now = 0
  const world = { pause: async () => {}, now: () => (now += 30_000), random: () => 0 }
  const settings = { apiBaseUrl: 'http://127.0.0.1:1', retries: '' } as RestSettings
  const api = await openAccount(account, settings, world)
  await t.rejects(api.activeRegion('+4930000001'), {
    message: /cannot be reached: the connection is refused/,
  })
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
    [['--account', 'man'], {}, /^dialsip: no account is called "man"; did you mean "main"\?\n$/],
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

t.test('the origin of the REST API has the edge and region of the config in its name', async (t) => {
  const account = { sid: `AC${'a'.repeat(32)}`, name: 'a', authTokens: ['token'] } as never
  const originWith = async (settings: object) =>
    originOf(await connect(account, settings as never), settings as never)
  t.equal(await originWith({}), 'https://api.twilio.com')
  t.equal(await originWith({ edge: 'dublin', region: 'ie1' }), 'https://api.dublin.ie1.twilio.com')
  t.equal(await originWith({ apiBaseUrl: 'https://rest.example.com' }), 'https://rest.example.com')
  const routes = 'https://routes.twilio.com/v2/PhoneNumbers'
  t.equal(hostedAt(undefined, routes), routes)
  t.equal(hostedAt('https://rest.example.com', routes), 'https://rest.example.com/v2/PhoneNumbers')
})
