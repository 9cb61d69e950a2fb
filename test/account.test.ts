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

3 in order, 0 to change, 1 past dialsip, 0 claimed by no route, 0 missing
`,
  )
  twilio.mishaps.push({ status: 200, body: { incoming_phone_numbers: [number(1)], next_page_uri: null } })
  twilio.mishaps.push({ status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } })
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
