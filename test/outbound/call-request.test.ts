import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { OutboundCalls } from '../../routes/admin/outbound-calls.js'
import { WORLD } from '../../routes/admin/world.js'
import { adminApp } from '../../routes/admin-app.js'
import { publicApp } from '../../routes/public-app.js'
import { createService, type Service } from '../../routes/service.js'
import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { IdempotentAnswers } from '../../src/outbound/idempotency.js'
import { Pace } from '../../src/outbound/pace.js'
import { connect } from '../../src/rest/account-api.js'
import { failureOf, NoCredentials, type TwilioFailure } from '../../src/rest/failure.js'
import { withRetries } from '../../src/rest/retry.js'
import { CALL_PARAMETERS } from '../../src/twilio/call-parameters.js'
import { signatureOf } from '../../src/twilio/signature.js'
import { type Ran, runIn } from '../harness/run.js'
import { until } from '../harness/serving.js'
import { startTwilioApi, TOO_MANY, type TwilioApi } from '../harness/twilio-api.js'

const API = 'https://api.twilio.com'
const MAIN = `AC${'a'.repeat(32)}`
const SECOND = `AC${'b'.repeat(32)}`
const CALL = `CA${'c'.repeat(32)}`

const YAML = `
publicUrl: https://voice.example.com/tw
accounts:
  - { sid: ${MAIN}, name: main, authTokens: ["\${TOKEN:-12345}"] }
  - { sid: ${SECOND}, name: second, authTokens: ["\${TOKEN:-12345}"], apiKey: SKx, apiKeySecret: "\${KEY:-key-secret}" }
  - { sid: AC${'d'.repeat(32)}, name: poor, authTokens: [] }
defaults: { timeout: 17, otherwise: sorry }
endpoints:
  frankfurt:
    uri: sip:{{To}}@fra.example.com;transport=tls
    region: de1
    username: twilio
    password: \${PBX:-pbx-secret}
    headers: { X-Tenant: acme, X-Caller: "{{From}}" }
  desk: { uri: sip:desk@dub.example.com }
groups:
  both: [{ ring: [desk, frankfurt] }, europe]
  europe: [{ split: { frankfurt: 1, desk: 1 }, by: caller }]
  numbers: [{ number: "+15551230003" }, { number: "+15551230004" }]
  lab: [{ uri: "sip:h@lab.example", timeout: 9 }, "sip:i@lab.example"]
actions: { sorry: { say: Sorry. } }
routes:
  - { name: berlin, to: "+4930123456", dial: frankfurt }
  - { name: shut, to: "+4930123457", reject: busy }
  - { name: mute, to: "+4930123458", rules: [{ if: { from: "+1*" }, dial: desk }] }
  - { name: voicemail, to: "+4930123459", rules: [{ action: [{ record: { maxLength: 9 } }, { say: "Bye {{To}}" }] }] }
default: { hangup: true }
`

function configOf(extra = ''): Config {
  const configSource = { read: () => YAML + extra, glob: () => [], variables: {}, placeholders: false }
  const { config, errors } = loadConfig('/dialsip.yaml', configSource)
  if (!config) throw new Error(JSON.stringify(errors))
  return config
}

const CONFIG = configOf()
const BASE = { to: 'sip:jack@example.com', from: '+15551230001', url: 'https://app.example.com/twiml' }

function parametersOf(request: object, config = CONFIG): Record<string, unknown> {
  const checked = checkCallRequest(request, config)
  if (!checked.request) throw new Error(JSON.stringify(checked.errors))
  return checked.request.parameters
}

/** `path code` of each error. */
function errorsOf(request: unknown, config = CONFIG): string[] {
  return checkCallRequest(request, config).errors.map(({ path: at, problem }) =>
    `${at.join('.')} ${problem.code}`.trim(),
  )
}

t.test('a request becomes the parameters of Twilio', async (t) => {
  t.strictSame(parametersOf({ ...BASE, timeout: '20', Record: 'true', statusCallbackEvent: 'answered' }), {
    statusCallback: 'https://voice.example.com/tw/status',
    statusCallbackEvent: ['answered'],
    to: 'sip:jack@example.com',
    timeout: 20,
    record: true,
    url: 'https://app.example.com/twiml',
    from: '+15551230001',
  })
  const call = {
    ...BASE,
    headers: { 'X-A': 'a b&c', 'User-to-User': '1' },
    transport: 'tcp',
    edge: 'dublin',
    secure: true,
  }
  t.equal(
    parametersOf(call).to,
    'sip:jack@example.com;transport=tcp;edge=dublin;secure=true?X-A=a%20b%26c&User-to-User=1',
  )
  t.match(parametersOf({ ...BASE, url: undefined, twiml: '<Response/>' }), { twiml: '<Response/>' })
  t.strictSame(
    Object.keys(parametersOf({ ...BASE, url: null, applicationSid: `AP${'1'.repeat(32)}` })).sort(),
    ['applicationSid', 'from', 'to'],
    'an application has callbacks of its own',
  )
  t.equal(parametersOf({ ...BASE, from: undefined }, configOf('outbound: { from: acme }')).from, 'acme')
  t.equal(checkCallRequest({ ...BASE, account: 'second' }, CONFIG).request?.account, SECOND)
  t.equal(checkCallRequest({ ...BASE, account: MAIN }, CONFIG).request?.account, MAIN)
})

t.test('an account calls what is not of others only', async (t) => {
  const shared = { read: () => YAML.replace('name: berlin,', 'name: berlin, account: second,') }
  const configSource = { ...shared, glob: () => [], variables: {}, placeholders: false }
  const apart = loadConfig('/dialsip.yaml', configSource).config!
  const [first] = checkCallRequest({ ...BASE, url: undefined, route: 'berlin' }, apart).errors
  t.equal(first!.problem.message, 'route berlin is for account second, not for main')
  const route = { ...BASE, url: undefined, route: 'berlin', account: 'second' }
  t.strictSame(errorsOf(route, apart), [])
  for (const dial of ['frankfurt', { ring: ['frankfurt', 'desk'] }, 'both', 'europe'])
    t.not(errorsOf({ ...BASE, url: undefined, dial: [dial] }, apart).length, 0)
  t.strictSame(errorsOf({ ...BASE, url: undefined, dial: ['desk', 'lab'] }, apart), [])
  t.strictSame(errorsOf({ ...BASE, to: '1@frankfurt' }, apart), ['to sip-uri'])
  t.strictSame(errorsOf({ ...BASE, to: '1@frankfurt', account: 'second' }, apart), [])
})

t.test('an endpoint brings its region, headers and password', async (t) => {
  t.match(parametersOf({ ...BASE, to: '100@frankfurt' }), {
    to: 'sip:100@fra.example.com;transport=tls;region=de1?X-Tenant=acme&X-Caller=%2B15551230001',
    sipAuthUsername: 'twilio',
    sipAuthPassword: 'pbx-secret',
  })
  t.equal(parametersOf({ ...BASE, to: 'desk' }).to, 'sip:desk@dub.example.com')
  t.match(parametersOf({ ...BASE, to: '1@frankfurt', sipAuthPassword: 'own' }), { sipAuthPassword: 'own' })
  t.equal(parametersOf({ ...BASE, to: '+491701234567' }).to, '+491701234567')
})

t.test('every limit is kept at its edge', async (t) => {
  const uri = (length: number) => `sip:${'a'.repeat(length - 'sip:@example.com'.length)}@example.com`
  const headers = (length: number) => ({ 'X-A': 'a'.repeat(length - 'X-A='.length) })
  const cases: [object, string[]][] = [
    [{ to: uri(254) }, []],
    [{ to: uri(255) }, ['to sip-uri-length']],
    [{ to: uri(256) }, ['to sip-uri-length']],
    [{ headers: headers(1023) }, []],
    [{ headers: headers(1024) }, ['headers sip-header-length']],
    [{ to: `sip:a@b.example?X-A=${'a'.repeat(1019)}` }, []],
    [{ to: `sip:a@b.example?X-A=${'a'.repeat(1020)}` }, ['to sip-header-length']],
    [{ to: `${'9'.repeat(209)}@frankfurt` }, []],
    [{ to: `${'9'.repeat(210)}@frankfurt` }, ['to sip-uri-length']],
    [{ to: '1@frankfurt', from: '1'.repeat(1000) }, []],
    [{ to: '1@frankfurt', from: '1'.repeat(1001) }, ['to sip-header-length']],
    [{ sipAuthUsername: 'a'.repeat(255), sipAuthPassword: 'b'.repeat(255) }, []],
    [
      { sipAuthUsername: 'a'.repeat(256), sipAuthPassword: 'b'.repeat(256) },
      ['sipAuthUsername out-of-range', 'sipAuthPassword wrong-value'],
    ],
    [{ url: undefined, twiml: 'x'.repeat(4000) }, []],
    [{ url: undefined, twiml: 'x'.repeat(4001) }, ['twiml out-of-range']],
    [{ timeout: 600, sendDigits: '1'.repeat(32), callReason: 'r'.repeat(50) }, []],
    [
      { timeout: 601, sendDigits: '1'.repeat(33), callReason: 'r'.repeat(51) },
      ['timeout out-of-range', 'sendDigits out-of-range', 'callReason out-of-range'],
    ],
    [{ url: undefined, dial: Array(10).fill('desk') }, []],
    [{ url: undefined, dial: Array(11).fill('desk') }, ['dial out-of-range']],
    [{ url: undefined, dial: [] }, ['dial out-of-range']],
    [{ url: undefined, dial: 'desk', called: '1'.repeat(254) }, []],
    [{ url: undefined, dial: 'desk', called: '1'.repeat(255) }, ['called out-of-range']],
    [{ url: undefined, dial: Array(10).fill(uri(254)) }, []],
    [{ url: undefined, dial: Array(10).fill(`${uri(254)}?X-A=${'a'.repeat(200)}`) }, ['dial out-of-range']],
  ]
  for (const [change, errors] of cases)
    t.strictSame(errorsOf({ ...BASE, ...change }), errors, JSON.stringify(change).slice(0, 40))
})

t.test('a password that is too long is not shown', async (t) => {
  const { errors } = checkCallRequest({ ...BASE, sipAuthPassword: 'hush'.repeat(64) }, CONFIG)
  t.notMatch(JSON.stringify(errors), /hush/)
})

t.test('no password goes where Twilio shows it', async (t) => {
  const hushed = (request: object) => {
    const { request: call, errors, warnings } = checkCallRequest({ ...BASE, ...request }, CONFIG)
    t.equal(call, undefined)
    t.notMatch(JSON.stringify(warnings), /hush|sip-password/)
    t.notMatch(JSON.stringify(errors), /hush/)
    return errors.map(({ path: at, problem: { message, help } }) => `${at.join('.')}: ${message}; ${help}`)
  }
  const inDial = [
    { ring: ['sip:a:hush@b.example', 'desk'] },
    { uri: 'sip:a:hush@b.example' },
    'sip:7:hush@desk',
  ]
  const [ring, uri, user] = hushed({ url: undefined, dial: inDial })
  t.match(
    ring,
    /^dial\.0\.ring\.0: a SIP URI with a password .*; add an endpoint to the config, with username/,
  )
  t.match(uri, /^dial\.1\.uri: a SIP URI with a password/)
  t.match(user, /^dial\.2: a hop names endpoint desk without a user/)
  t.match(hushed({ to: 'sip:a:hush@b.example' }), [/^to: .*; write sipAuthUsername and sipAuthPassword/])
})

t.test('a value that is too long is not repeated whole', async (t) => {
  const long = 'x'.repeat(50_000)
  const request = { ...BASE, url: undefined, from: `${long} `, [long]: 1, dial: [long], account: long }
  const { errors } = checkCallRequest(request, CONFIG)
  t.equal(errors.length, 5)
  t.ok(JSON.stringify(errors).length < 6_000)
  t.match(errors[2]?.problem, { message: /^"x{50,}…x{50,} " cannot be a caller id$/, found: /…/ })
})

t.test('a header that stands twice is a warning', async (t) => {
  const headers = { 'X-B': '1', 'x-b': '2' }
  const twice = checkCallRequest({ ...BASE, to: 'sip:a@b.example?X-A=1', headers }, CONFIG)
  t.match(twice, {
    request: { parameters: { to: 'sip:a@b.example?X-A=1&X-B=1&x-b=2' } },
    warnings: [{ path: ['headers'], problem: { code: 'sip-header-twice', found: 'x-b' } }],
  })
})

t.test('digits are those that Twilio can send', async (t) => {
  for (const sendDigits of ['1234567890ABCD*#', 'ww1W2'])
    t.match(parametersOf({ ...BASE, sendDigits }), { sendDigits })
  for (const sendDigits of ['hello', '1,2', '1 2', 'd'])
    t.strictSame(errorsOf({ ...BASE, sendDigits }), ['sendDigits wrong-value'], sendDigits)
})

t.test('all errors of a request are told at once', async (t) => {
  t.strictSame(
    errorsOf({
      to: 'sip:a@b.example;transport=sctp',
      from: 'a b',
      regoin: 'de1',
      record: 'perhaps',
      route: 'berlin',
      url: 'ftp://x',
      account: 'mian',
    }),
    [
      'regoin unknown-key',
      'record wrong-type',
      'url wrong-value',
      'account unknown-account',
      'to sip-transport',
      'from caller-id',
      'conflicting-keys',
    ],
  )
  const beside = { edge: 'mars', region: 'mars', headers: { 'X-Twilio-A': '1', 'X-B': 'b'.repeat(1024) } }
  for (const [to, error] of [
    ['sip:a@b.example;transport=sctp', 'to sip-transport'],
    ['zzz', 'to unknown-endpoint'],
    ['7@desk', 'to conflicting-keys'],
  ])
    t.strictSame(
      errorsOf({ ...BASE, ...beside, to }),
      [
        error,
        ...['region sip-region', 'edge sip-region'],
        ...['headers.X-Twilio-A sip-header-name', 'headers sip-header-length'],
      ],
      `what is beside ${to} as well`,
    )
  t.strictSame(
    errorsOf({}),
    ['to missing-key', 'from missing-key', 'missing-key'].map((text) => text.replace(/^(to|from) /, '')),
  )
  t.strictSame(errorsOf('call me'), ['wrong-type', 'missing-key', 'missing-key', 'missing-key'])
  t.strictSame(errorsOf([]).length, 4)
  const nobody = { ...CONFIG, accounts: [] }
  t.strictSame(errorsOf(BASE, nobody), ['account wrong-value'])
})

t.test('what makes no sense together is refused', async (t) => {
  const cases: [object, string[]][] = [
    [{ to: 7 }, ['to wrong-type']],
    [{ from: 7 }, ['from wrong-type']],
    [{ To: 'sip:a@b.example' }, ['to conflicting-keys']],
    [{ to: 'frankfrt' }, ['to unknown-endpoint']],
    [{ to: 'zzz' }, ['to unknown-endpoint']],
    [{ to: 'frankfurt' }, ['to template-name']],
    [{ to: '@frankfurt' }, ['to template-name']],
    [{ to: '7@desk' }, ['to conflicting-keys']],
    [{ to: 'jack@example.com' }, ['to sip-uri']],
    [
      { to: '+4930123456', headers: {}, region: 'de1' },
      ['headers conflicting-keys', 'region conflicting-keys'],
    ],
    [{ to: '+4930123456', from: 'acme' }, ['from caller-id']],
    [{ region: 'mars' }, ['region sip-region']],
    [{ region: 'de1', edge: 'dublin' }, ['edge sip-region-twice']],
    [
      { headers: { 'X-Twilio-A': '1', 'X-B': 'a\nb' } },
      ['headers.X-Twilio-A sip-header-name', 'headers.X-B sip-header-value'],
    ],
    [{ called: '+49' }, ['called conflicting-keys']],
    [{ url: undefined, route: 'brelin' }, ['route unknown-route']],
    [
      {
        url: undefined,
        dial: ['desk', 'dsek', 'sip:a b@c.example', { number: '+4930' }, { number: 'desk' }],
      },
      ['dial.1 unknown-endpoint', 'dial.2 sip-uri', 'dial.4.number number-format'],
    ],
    [
      { url: undefined, dial: [{ ring: ['desk', 'europe'] }, { ring: 'desk' }, { ring: ['both', 'dsek'] }] },
      [
        ...['dial.0.ring.1 conflicting-keys', 'dial.1.ring ring-size'],
        ...['dial.2.ring.0 conflicting-keys', 'dial.2.ring.1 unknown-endpoint'],
      ],
    ],
    [
      { url: undefined, dial: [{ split: { desk: 0 } }, { split: { europe: 1, dsek: 1 } }] },
      ['dial.0.split.desk out-of-range'],
    ],
    [
      { url: undefined, dial: { split: { europe: 1, dsek: 1, 'sip:a b@c.example': 1 } } },
      [
        ...['dial.0.split.europe conflicting-keys', 'dial.0.split.dsek unknown-endpoint'],
        'dial.0.split.sip:a b@c.example sip-uri',
      ],
    ],
    [
      {
        url: undefined,
        dial: [
          ...[{}, { endpoint: 'desk', by: 'call' }, { endpoint: 'desk', uri: 'sip:a@b.example' }],
          ...[{ endpoint: 'desk', timeout: 5 }, { endpoint: 'dsek' }, { ring: [{}, { uri: 'desk' }] }],
          ...['{ ring: [desk', ' {split: {frankfurt: 1}, timeout: 9}'],
        ],
      },
      [
        ...['dial.0 missing-key', 'dial.1 conflicting-keys', 'dial.2 conflicting-keys'],
        ...['dial.3.timeout conflicting-keys', 'dial.4.endpoint unknown-endpoint'],
        ...['dial.5.ring.0 missing-key', 'dial.5.ring.1.uri sip-uri'],
        ...['dial.6 wrong-value', 'dial.7.timeout conflicting-keys'],
      ],
    ],
    [
      { url: undefined, dial: ['both', 'europ', 'zzz', '7@frankfurt'] },
      ['dial.1 unknown-endpoint', 'dial.2 unknown-endpoint', 'dial.3 conflicting-keys'],
    ],
    [
      { url: undefined, applicationSid: `AP${'1'.repeat(32)}`, fallbackUrl: 'https://a.example' },
      ['fallbackUrl conflicting-keys'],
    ],
    [{ url: undefined, applicationSid: 'AP1' }, ['applicationSid wrong-value']],
    [{ asyncAmdStatusCallback: 'https://a.example' }, ['asyncAmdStatusCallback conflicting-keys']],
    [{ statusCallback: 'https://my_host.example/x' }, ['statusCallback wrong-value']],
    [{ byoc: `BY${'1'.repeat(32)}` }, ['byoc conflicting-keys']],
    [{ sipAuthPassword: 'pw' }, ['sipAuthPassword missing-key']],
    [{ sipAuthUsername: 'jack' }, []],
    [
      { to: '+4930123456', sipAuthUsername: 'jack', sipAuthPassword: 'pw' },
      ['sipAuthUsername conflicting-keys', 'sipAuthPassword conflicting-keys'],
    ],
    [{ sendDigits: '12', machineDetection: 'Enable' }, ['sendDigits conflicting-keys']],
    [{ account: 'mai' }, ['account unknown-account']],
    [{ account: 'mai', url: undefined, dial: { ring: ['desk', 'frankfurt'] } }, ['account unknown-account']],
    [{ to: '1@frankfurt', from: undefined }, ['missing-key']],
  ]
  for (const [change, errors] of cases)
    t.strictSame(errorsOf({ ...BASE, ...change }), errors, JSON.stringify(change))
})

t.test('a header that Twilio drops is a warning', async (t) => {
  const { request, warnings } = checkCallRequest({ ...BASE, headers: { mycustomheader: 'foo' } }, CONFIG)
  t.match(request?.parameters.to, /\?mycustomheader=foo$/)
  t.match(warnings[0]?.problem.message, /silently drops header "mycustomheader"/)
})

t.test('numbers alone ring at once for every account', async (t) => {
  const codes = (...ring: string[]) =>
    checkCallRequest({ ...BASE, url: undefined, dial: { ring } }, CONFIG).warnings.map(
      ({ problem }) => problem.code,
    )
  t.strictSame(codes('+15551230002', '+15551230003'), [])
  t.strictSame(codes('+15551230002', 'numbers'), [])
  t.strictSame(codes('+15551230002', 'desk'), ['ring-enhanced'])
  t.strictSame(codes('numbers', 'lab'), ['ring-enhanced'])
})

t.test('a transport beside the URI is the one that a provider is told by', async (t) => {
  const codes = (more: object) =>
    checkCallRequest({ ...BASE, to: 'sip:proj@sip.api.openai.com', ...more }, CONFIG).warnings.map(
      ({ problem }) => problem.code,
    )
  t.strictSame(codes({}), ['sip-transport-provider'])
  t.strictSame(codes({ transport: 'tcp' }), ['sip-transport-provider'])
  t.strictSame(codes({ transport: 'tls' }), [])
  t.strictSame(codes({ secure: true }), [])
})

t.test('the table of parameters is the one of the SDK', async (t) => {
  const types = createRequire(import.meta.url).resolve('twilio/lib/rest/api/v2010/account/call.d.ts')
  const options = /interface CallListInstanceCreateOptions {([\s\S]*?)\n}/.exec(
    readFileSync(types, 'utf8'),
  )![1]!
  const names = [...options.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name!)
  const own = ['to', 'from', 'url', 'twiml', 'applicationSid']
  t.strictSame([...own, ...CALL_PARAMETERS.map(({ name }) => name)].sort(), names.sort())
})

t.test('calls start at their pace, the others wait', async (t) => {
  const pauses: number[] = []
  let go = () => {}
  const pace = new Pace({
    now: () => 1000,
    pause: (milliseconds) => {
      pauses.push(milliseconds)
      return new Promise((done) => {
        go = done
      })
    },
  })
  await pace.turn(2)
  const second = pace.turn(2)
  t.strictSame([pauses, pace.waiting], [[500], 1])
  go()
  await second
  t.equal(pace.waiting, 0)
  for (let at = 0; at < 1000; at += 1) void pace.turn(2)
  await t.rejects(pace.turn(2), /1000 outbound calls wait already/)
})

t.test('a key is answered once, and forgotten if harmless', async (t) => {
  const once = new IdempotentAnswers()
  let count = 0
  const work = (harmless: boolean) => async () => ({ status: 200, body: ++count, harmless })
  t.equal((await once.answer('a', 'x', 0, work(false))).body, 1)
  t.equal((await once.answer('a', 'x', 1, work(false))).body, 1)
  await t.rejects(once.answer('a', 'y', 1, work(false)), /belongs to another request/)
  t.equal((await once.answer('a', 'x', 86_400_001, work(true))).body, 2)
  t.equal((await once.answer('a', 'x', 86_400_002, work(true))).body, 3)
  for (let key = 0; key <= 10_000; key += 1) await once.answer(`k${key}`, 'x', 0, work(false))
  t.equal((await once.answer('k0', 'x', 0, work(false))).body, 10_005, 'the oldest goes first')
})

t.test('only what cannot have had an effect is repeated', async (t) => {
  const busy = failureOf({ status: 429, code: 20429, message: 'Too Many Requests' }, 'main', API)
  const cases: [unknown, boolean, number][] = [
    [busy, false, 7],
    [failureOf({ code: 'ECONNREFUSED' }, 'main', API), false, 7],
    [failureOf({ code: 'ECONNRESET' }, 'main', API), false, 1],
    [failureOf({ code: 'ECONNRESET' }, 'main', API), true, 7],
    [failureOf({ status: 500, message: undefined }, 'main', API), true, 1],
    [failureOf(new SyntaxError('no JSON'), 'main', API), false, 1],
    [new NoCredentials(), true, 1],
  ]
  for (const [error, repeatable, tries] of cases) {
    let [asked, clock] = [0, 0]
    const pause = async (milliseconds: number) => {
      clock += milliseconds
    }
    const world = { now: () => clock, random: () => 0.99, pause }
    const ask = async () => {
      asked += 1
      throw error
    }
    const { message } = error as Error
    const thrown: Error = await withRetries(ask, repeatable, world).catch((last) => last)
    t.ok(thrown.message.startsWith(message), message)
    t.equal(asked, tries, `${message} ${repeatable}`)
    t.ok(clock <= 20_000)
  }
})

t.test('a failure holds nothing of the HTTP client', async (t) => {
  const thrown = Object.assign(new Error('secret'), {
    code: 'ETIMEDOUT',
    config: { headers: { Authorization: 'Basic x' } },
  })
  const failure = failureOf(thrown, 'main', API) as TwilioFailure
  t.strictSame(
    [failure.message, failure.effect],
    ["Twilio's REST API at https://api.twilio.com gave no answer (ETIMEDOUT)", 'unknown'],
  )
  t.match(failureOf({ status: 502, message: undefined }, 'main', API), {
    effect: 'unknown',
    refusal: { message: 'Twilio answers with HTTP 502', code: undefined, moreInfo: undefined },
  })
})

t.test('the admin API', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`, 'SKx:key-secret'])
  t.teardown(() => twilio.close())
  const { admin, service } = build(t, twilio, 'outbound: { cps: 500 }')
  const post = (payload: object, headers = {}) =>
    admin.inject({ method: 'POST', url: '/api/calls', payload, headers })

  t.test('places a call and says how it stands', async (t) => {
    const response = await post({ ...BASE, headers: { other: '1' }, account: 'second' })
    t.equal(response.statusCode, 201)
    t.match(response.json(), {
      sid: CALL,
      status: 'queued',
      account: SECOND,
      warnings: [{ code: 'sip-header-dropped' }],
    })
    const { user, path: at, params } = twilio.received.at(-1)!
    t.strictSame([user, at], ['SKx', `/2010-04-01/Accounts/${SECOND}/Calls.json`])
    t.strictSame(params.getAll('StatusCallbackEvent'), ['initiated', 'ringing', 'answered', 'completed'])
    t.ok(service.book.find(CALL))
  })

  t.test('takes the names of Twilio’s REST API as well', async (t) => {
    const named = { To: 'sip:a@b.example', From: 'x', Twiml: '<Response/>', headers: { 'X-A': '1' } }
    const response = await post({ ...named, statusCallbackEvent: ['ringing', 'answered'] })
    t.equal(response.statusCode, 201, response.body)
    const { params } = twilio.received.at(-1)!
    t.equal(params.get('To'), 'sip:a@b.example?X-A=1')
    t.strictSame(params.getAll('StatusCallbackEvent'), ['ringing', 'answered'])
  })

  t.test('fails aloud on an error of ours', async (t) => {
    const { admin, service } = build(t, twilio)
    service.book.open = () => {
      throw new Error('ours')
    }
    for (const headers of [{}, { 'idempotency-key': 'ours' }]) {
      const response = await admin.inject({ method: 'POST', url: '/api/calls', payload: BASE, headers })
      t.strictSame([response.statusCode, response.json()], [500, { error: 'internal error, see the log' }])
    }
  })

  t.test('passes every parameter on', async (t) => {
    const values: Record<string, unknown> = {}
    for (const { name, kind, values: some, min, max } of CALL_PARAMETERS)
      values[name] =
        {
          int: min,
          bool: true,
          enum: some?.[0],
          list: some,
          url: 'https://a.example/x',
          text: '1',
          callerId: 'x',
        }[kind] ?? max
    // some stand only beside a SIP URI, others only beside a phone number
    const { byoc, sendDigits, ...ofSip } = values
    const { sipAuthUsername: _, sipAuthPassword: __, machineDetection: ___, ...ofPhone } = values
    t.strictSame([byoc, sendDigits], ['1', '1'])
    for (const [to, given] of [
      [BASE.to, ofSip],
      ['+4930123456', { ...ofPhone, from: BASE.from }],
    ] as const) {
      const response = await post({ ...BASE, ...given, to })
      t.equal(response.statusCode, 201, response.body)
      const { params } = twilio.received.at(-1)!
      for (const name of Object.keys(given))
        t.ok(params.has(name.charAt(0).toUpperCase() + name.slice(1)), name)
    }
  })

  t.test('refuses errors before Twilio is asked', async (t) => {
    const before = twilio.received.length
    const response = await post({ to: 'sip:a@b.example', from: 'a b', headers: { other: '1' } })
    t.equal(response.statusCode, 422)
    t.match(response.json(), {
      errors: [{ path: 'from', code: 'caller-id' }, { path: '' }],
      warnings: [{ path: 'headers.other' }],
    })
    t.equal(twilio.received.length, before)
  })

  t.test('gives a repeated request the answer of the first', async (t) => {
    const before = twilio.received.length
    const headers = { 'idempotency-key': 'k1' }
    const answers = await Promise.all([post(BASE, headers), post(BASE, headers)])
    t.strictSame(
      answers.map(({ statusCode }) => statusCode),
      [201, 201],
    )
    t.equal(twilio.received.length, before + 1)
    t.equal((await post({ ...BASE, timeout: 9 }, headers)).statusCode, 422)
    t.equal((await post(BASE, { 'idempotency-key': 'k'.repeat(256) })).statusCode, 422)
  })

  t.test('hands on what Twilio refuses', async (t) => {
    const body = { code: 21211, message: 'Invalid To', more_info: 'https://twil.io/21211', status: 400 }
    twilio.mishaps.push({ status: 400, body })
    const response = await post(BASE)
    t.equal(response.statusCode, 400)
    t.match(response.json().twilio, {
      status: 400,
      code: 21211,
      message: 'Invalid To',
      moreInfo: 'https://twil.io/21211',
    })
  })

  t.test('never places a call twice', async (t) => {
    twilio.mishaps.push(TOO_MANY, 'slow')
    t.equal((await post(BASE)).statusCode, 201, 'a 429 is tried again')
    const before = twilio.received.length
    twilio.mishaps.push('reset')
    const lost = await post(BASE, { 'idempotency-key': 'lost' })
    t.strictSame([lost.statusCode, lost.json().effect], [504, 'unknown'])
    t.equal((await post(BASE, { 'idempotency-key': 'lost' })).statusCode, 504, 'not known stays not known')
    t.equal(twilio.received.length, before + 1)
  })

  t.test('looks at a call and ends it', async (t) => {
    const get = await admin.inject(`/api/calls/${CALL}`)
    t.match(get.json(), {
      status: 'in-progress',
      to: 'sip:a:***@b.example',
      startTime: '2026-11-20T09:00:00.000Z',
    })
    for (const [verb, status] of [
      ['cancel', 'canceled'],
      ['complete', 'completed'],
    ]) {
      const url = `/api/calls/${CALL}/${verb}?account=main`
      t.equal((await admin.inject({ method: 'POST', url })).json().status, status)
    }
    twilio.mishaps.push('reset')
    t.equal((await admin.inject(`/api/calls/${CALL}`)).statusCode, 200, 'a look is safe to repeat')
    t.equal((await admin.inject(`/api/calls/CA${'9'.repeat(32)}`)).json().twilio.code, 20404)
    t.equal((await admin.inject('/api/calls/7')).statusCode, 404)
    t.equal((await admin.inject(`/api/calls/${CALL}?account=none`)).statusCode, 404)
  })

  t.test('says when it has no credentials', async (t) => {
    const response = await post({ ...BASE, account: 'poor' })
    t.equal(response.statusCode, 502)
    t.match(response.json().error, /account poor has no credentials; add authTokens/)
  })

  t.test('shows the line of waiting calls', async (t) => {
    t.strictSame((await admin.inject('/api/outbound')).json(), { cps: 500, waiting: 0 })
  })
})

t.test('a placed call is among the recent ones, with its end', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`])
  t.teardown(() => twilio.close())
  for (const [end, outcome] of [
    [{ CallStatus: 'busy', SipResponseCode: '486' }, 'busy'],
    [{ CallStatus: 'no-answer' }, 'noAnswer'],
    [{ CallStatus: 'failed', SipResponseCode: '404' }, 'notFound'],
    [{ CallStatus: 'completed' }, 'answered'],
  ] as const) {
    const { admin, open } = build(t, twilio)
    await admin.inject({ method: 'POST', url: '/api/calls', payload: BASE })
    const call = { callSid: CALL, from: BASE.from, to: BASE.to }
    t.match((await admin.inject('/api/calls')).json().calls, [{ ...call, outcome: undefined }])
    t.match((await admin.inject(`/api/calls/recent/${CALL}`)).json(), { ...call, webhooks: [] })
    await ask(open, 'https://voice.example.com/tw/status', end)
    t.match((await admin.inject('/api/calls')).json().calls, [{ ...call, outcome }])
    t.match((await admin.inject('/metrics')).body, `calls_total{route="default",outcome="${outcome}"} 1`)
  }
})

t.test('calls wait in line, and a full line is refused', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`])
  t.teardown(() => twilio.close())
  const { admin } = build(t, twilio)
  const { pause } = WORLD
  const held = new Promise<void>((resolve) => {
    Object.assign(WORLD, { pause: () => held, release: resolve })
  })
  t.teardown(() => Object.assign(WORLD, { pause, release: undefined }))
  const place = () => admin.inject({ method: 'POST', url: '/api/calls', payload: BASE })
  const waiting = Array.from({ length: 1001 }, place)
  await until(t, 'a thousand wait', async () => (await admin.inject('/api/outbound')).json().waiting === 1000)
  const refused = await place()
  t.match([refused.statusCode, refused.headers['retry-after']], [429, '1'])
  ;(WORLD as unknown as { release(): void }).release()
  t.ok((await Promise.all(waiting)).every(({ statusCode }) => statusCode === 201))
  t.equal(twilio.received.length, 1001)
})

t.test('no call is placed for a client that has gone', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`])
  t.teardown(() => twilio.close())
  const { admin } = build(t, twilio)
  const { pause } = WORLD
  let go = () => {}
  const held = new Promise<void>((resolve) => {
    go = resolve
  })
  Object.assign(WORLD, { pause: () => held })
  t.teardown(() => Object.assign(WORLD, { pause }))
  const address = await admin.listen({ host: '127.0.0.1', port: 0 })
  const sockets: Socket[] = []
  admin.server.on('request', ({ socket }) => sockets.push(socket))
  const place = (more: object, signal?: AbortSignal) =>
    fetch(`${address}/api/calls`, {
      method: 'POST',
      body: JSON.stringify(BASE),
      headers: { 'content-type': 'application/json', ...more },
      ...(signal && { signal }),
    })
  t.equal((await place({})).status, 201)
  const gone = new AbortController()
  const waiting = [place({}, gone.signal), place({ 'idempotency-key': 'k' }, gone.signal)]
  const line = async () => (await admin.inject('/api/outbound')).json().waiting
  await until(t, 'both wait', async () => (await line()) === 2)
  gone.abort()
  await Promise.allSettled(waiting)
  await until(t, 'their connections have ended', () => sockets.slice(1).every(({ destroyed }) => destroyed))
  go()
  t.equal((await place({ 'idempotency-key': 'k' })).status, 201, 'who has a key may ask again')
  t.equal(twilio.received.length, 2)
})

t.test('an unreachable API is 503', async (t) => {
  const { service } = build(t, { url: 'http://127.0.0.1:9' })
  let clock = 0
  const pause = async (milliseconds: number) => {
    clock += milliseconds
  }
  const calls = new OutboundCalls(service, { now: () => clock, pause, random: () => 0 })
  const { status, body } = await calls.show({ sid: CALL, account: undefined })
  t.equal(status, 503)
  t.match(body, {
    error: "Twilio's REST API at http://127.0.0.1:9 cannot be reached: the connection is refused, after 19 s",
    effect: 'none',
  })
})

t.test('an answered call runs what it was placed for', async (t) => {
  const { open } = build(t, { url: 'http://127.0.0.1:9' })
  const at = (request: object) => String(parametersOf({ ...BASE, url: undefined, ...request }).url)
  const answer = (url: string, params = {}) =>
    ask(open, url, { From: BASE.from, To: 'sip:agent@pbx.example', ...params })

  t.test('a route, with the number it is called for', async (t) => {
    const twiml = await answer(at({ route: 'berlin', called: '+4930123456' }))
    t.match(twiml, /<Sip[^>]*>sip:\+4930123456@fra\.example\.com;transport=tls;region=de1/)
    t.match(twiml, /action="[^"]*\?called=%2B4930123456&amp;dial=berlin/)
    t.match(twiml, /timeout="17"/)
  })

  t.test('an ad-hoc dial, with failover to the next hop', async (t) => {
    const dial = ['desk', 'sip:b@c.example;transport=tcp', '+491701234567']
    let twiml = await answer(at({ dial }))
    t.match(twiml, /<Sip[^>]*>sip:desk@dub\.example\.com</)
    twiml = await answer(actionOf(twiml), { DialCallStatus: 'failed', DialSipResponseCode: '503' })
    t.match(twiml, /<Sip[^>]*>sip:b@c\.example;transport=tcp</)
    twiml = await answer(actionOf(twiml), { DialCallStatus: 'failed', DialSipResponseCode: '503' })
    t.match(twiml, /<Number[^>]*>\+491701234567</)
    twiml = await answer(actionOf(twiml), { DialCallStatus: 'failed' })
    t.match(twiml, /Sorry/)
  })

  t.test('a group rings and splits as in a route', async (t) => {
    const url = at({ dial: ['both', 'desk'], called: '7' })
    let twiml = await answer(url)
    t.match(twiml, /timeout="17"/)
    t.match(twiml, /<Sip [^>]*>sip:desk@dub\.example\.com<\/Sip><Sip [^>]*>sip:7@fra\.example\.com/)
    const rung: string[] = []
    for (let hop = 0; hop < 3; hop += 1) {
      twiml = await answer(actionOf(twiml), { DialCallStatus: 'failed', DialSipResponseCode: '503' })
      rung.push(/@(fra|dub)/.exec(twiml)![1]!)
    }
    t.strictSame([...rung.slice(0, 2).sort(), rung[2]], ['dub', 'fra', 'dub'])
  })

  t.test('ring and split stand in the request as in the config', async (t) => {
    const ring = [{ endpoint: 'frankfurt' }, 'sip:b@c.example', { number: '+491701234567' }]
    const split = '{ split: { "sip:k@k.example": 1, "sip:d@e.example": 2, lab: 1 }, by: caller }'
    let twiml = await answer(at({ dial: [{ ring }, split, { uri: 'sip:f@g.example' }], called: '7' }))
    t.match(
      twiml,
      /<Sip [^>]*>sip:7@fra[^<]*<\/Sip><Sip [^>]*>sip:b@c\.example<\/Sip><Number [^>]*>\+491701234567</,
    )
    t.match(twiml, /timeout="17"/)
    const rung: string[] = []
    for (let hop = 0; hop < 5; hop += 1) {
      twiml = await answer(actionOf(twiml), { DialCallStatus: 'failed', DialSipResponseCode: '403' })
      rung.push(/sip:(\w+)@/.exec(twiml)![1]!)
    }
    t.strictSame([rung.slice(0, 4).sort(), rung[4]], [['d', 'h', 'i', 'k'], 'f'])
    t.match(await answer(actionOf(twiml), { DialCallStatus: 'failed' }), /Sorry/)
  })

  t.test('what is gone is left out of a ring and a split', async (t) => {
    const gone = (dial: unknown) => at({ dial }).replaceAll('frankfurt', 'gone').replaceAll('desk', 'lost')
    const nowSplit = at({ dial: [{ ring: ['lab', 'sip:b@c.example'] }] }).replace('lab', 'europe')
    for (const url of [gone([{ ring: ['desk', 'sip:b@c.example', 'frankfurt'] }]), nowSplit])
      t.match(await answer(url), /<Dial [^>]*><Sip [^>]*>sip:b@c\.example<\/Sip><\/Dial>/)
    for (const dial of [[{ ring: ['desk', 'frankfurt'] }], [{ split: { desk: 1, frankfurt: 1 } }]])
      t.match(await answer(gone(dial)), /Sorry/)
  })

  t.test('a recording goes on with the same number', async (t) => {
    const twiml = await answer(at({ route: 'voicemail', called: '+4930123459' }))
    t.match(await answer(actionOf(twiml, 'Record')), /Bye \+4930123459/)
  })

  t.test('whatever is gone or fits not ends the call', async (t) => {
    const gone = at({ route: 'berlin' }).replace('berlin', 'gone')
    for (const url of [gone, at({ route: 'shut' }), at({ dial: 'desk' }).replace(/dial=.*/, 'dial=')])
      t.match(await answer(url), /<Response><Hangup\/><\/Response>/)
    t.match(await answer(at({ dial: 'desk' }).replace('desk', 'gone')), /Sorry/)
    t.match(await answer(at({ route: 'mute' })), /Sip/)
    t.match(await answer(at({ route: 'mute' }), { From: 'x' }), /<Hangup\/>/)
  })
})

t.test('dialsip call', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`])
  t.teardown(() => twilio.close())
  const file = path.join(
    t.testdir({ 'dialsip.yaml': `${YAML}\ntwilio: { apiBaseUrl: "${twilio.url}/" }\n` }),
    'dialsip.yaml',
  )
  const basic = ['call', '-c', file, '--to', 'sip:a@b.example', '--from', 'x']

  t.test('places a call as a process of its own', async (t) => {
    const bin = path.resolve('dist/bin/dialsip.js')
    const { stdout } = await promisify(execFile)(process.execPath, [
      bin,
      ...basic,
      '--dial',
      'desk',
      '--header',
      'X-A=1=2',
    ])
    t.equal(stdout, `${CALL} queued\n`)
    t.equal(twilio.received.at(-1)!.params.get('To'), 'sip:a@b.example?X-A=1%3D2')
    const failed = await promisify(execFile)(process.execPath, [bin, 'call', '-c', file]).catch(
      (error) => error,
    )
    t.equal(failed.code, 2)
    t.match(failed.stderr, /"to" is missing/)
  })

  t.test('shows the request without its secret', async (t) => {
    const { code, stdout } = await run([
      ...basic.slice(0, -4),
      '--to',
      '1@frankfurt',
      '--from',
      'x',
      '--twiml',
      '<Response/>',
      '--dry-run',
    ])
    t.equal(code, 0)
    t.match(JSON.parse(stdout), { account: MAIN, sipAuthUsername: 'twilio', sipAuthPassword: '…' })
    const ring = ['--dial', '{ ring: [desk, "sip:b@c.example"] }', '--dry-run']
    t.match(
      JSON.parse((await run([...basic, ...ring])).stdout).url,
      /dial=%40outbound%3Adesk%7Csip%3Ab%40c\.example$/,
    )
    t.equal((await run([...basic, '--route', 'berlin', '--record', '--timeout', '5', '--dry-run'])).code, 0)
  })

  t.test('the environment of the SDK does not count', async (t) => {
    process.env.TWILIO_LOG_LEVEL = 'debug'
    const said = t.capture(console, 'log')
    await run([...basic, '--route', 'berlin'])
    delete process.env.TWILIO_LOG_LEVEL
    t.strictSame(said(), [])
  })

  t.test('prints for machines with --json', async (t) => {
    const { code, stdout } = await run(
      [...basic.filter((arg) => arg !== '-c' && arg !== file), '--route', 'berlin', '--json'],
      {
        DIALSIP_CONFIG: file,
      },
    )
    t.strictSame([code, JSON.parse(stdout).sid], [0, CALL])
  })

  t.test('prints SID and status for people', async (t) => {
    const { stdout, stderr } = await run([...basic, '--route', 'berlin', '--header', 'other=1=2'])
    t.equal(stdout, `${CALL} queued\n`)
    t.match(stderr, /^dialsip: headers\.other: Twilio silently drops header "other"/)
  })

  t.test('tells errors, refusals and what is not known', async (t) => {
    const wrong = await run([...basic, '--route', 'brelin', '--url', 'https://a.example'])
    t.equal(wrong.code, 2)
    t.match((await run(basic.map((arg) => (arg === 'x' ? '' : arg)))).stderr, /dialsip: from: /)
    const port = await run([...basic, '--url', 'https://a.example', '--to', 'sip:a@b.example:0'])
    t.equal(port.stderr, 'dialsip: to: "0" is not a port from 1 to 65535\n', 'no help, no semicolon')
    t.match(wrong.stderr, /dialsip: route: no route is called "brelin"; did you mean "berlin"\?\n/)
    twilio.mishaps.push({
      status: 400,
      body: { code: 21211, message: 'Invalid To', more_info: 'https://twil.io/1' },
    })
    const refused = await run([...basic, '--route', 'berlin'])
    t.strictSame(
      [refused.code, refused.stderr],
      [1, 'dialsip: Twilio: Invalid To (error 21211); see https://twil.io/1\n'],
    )
    twilio.mishaps.push('reset')
    const lost = await run([...basic, '--route', 'berlin'])
    t.match([lost.code, lost.stderr], [1, /look before you repeat it/])
  })

  t.test('takes each header once, by name and value', async (t) => {
    const header = (...texts: string[]) =>
      run([...basic, '--dial', 'desk', ...texts.flatMap((text) => ['--header', text]), '--dry-run'])
    t.match(await header('X-A'), { code: 2, stderr: /--header takes NAME=VALUE, not "X-A"/ })
    t.match(await header('X-A=1', 'X-A=2'), { code: 2, stderr: /--header X-A is given twice/ })
    t.match(await header('X-A=1', 'X-B='), { code: 0, stdout: /\?X-A=1&X-B="/ })
  })

  t.test('wants credentials, in one line', async (t) => {
    const wrong = await run([...basic, '--route', 'berlin'], { TOKEN: 'wrong-token' })
    t.equal(wrong.code, 2)
    t.equal(
      wrong.stderr,
      'dialsip: Twilio refuses the credentials of account main (error 20003); fix its authTokens, or apiKey and apiKeySecret\n',
    )
    const bare = path.join(t.testdir({ 'd.yaml': YAML.replaceAll('${TOKEN:-12345}', '${TOKEN}') }), 'd.yaml')
    const none = await run(['call', '-c', bare])
    t.strictSame([none.code, none.stderr.split('\n').length], [2, 2])
    t.match(none.stderr, /TOKEN is not set; set TOKEN/)
    const broken = path.join(t.testdir({ 'd.yaml': 'publicUrl: x' }), 'd.yaml')
    t.equal((await run(['call', '-c', broken])).code, 2)
  })
})

t.test('the settings of the REST API are checked', async (t) => {
  const codes = (extra: string, yaml = YAML) => {
    const configSource = { read: () => yaml + extra, glob: () => [], variables: {}, placeholders: false }
    return loadConfig('/d.yaml', configSource)
      .errors.filter(({ level }) => level === 'error')
      .map(({ code }) => code)
  }
  const cases: [string, string[]][] = [
    ['twilio: { edge: dublin, region: ie1, retries: none }', []],
    ['twilio: { apiBaseUrl: "http://api.example.com" }', ['wrong-value']],
    ['twilio: { apiBaseUrl: "https://a.example", edge: dublin }', ['conflicting-keys']],
    ['twilio: { edge: dubln, region: zz }', ['sip-region', 'sip-region']],
    ['twilio: { edge: zzz, region: ie2 }', ['sip-region', 'sip-region']],
    ['twilio: { region: de1 }', ['sip-region']],
    ['twilio: { retries: "rc=2&rp=ct,rt,5xx&ct=100&rt=15000&tt=1&sni=y&e=dublin" }', ['wrong-value']],
    ['twilio: { retries: "e=dublin,san-jose-ix" }', []],
    ['twilio: { retries: "e=tokyo-ix" }', ['wrong-value']],
    ['twilio: { retries: "e=dublin,sydney-ix" }', ['wrong-value']],
    ['twilio: { retries: "rc=6&rp=6xx&rc=x&foo=1&constructor=1&sni" }', Array(6).fill('wrong-value')],
    ['outbound: { cps: 0 }', ['out-of-range']],
    ['outbound: { from: "a b" }', ['caller-id']],
  ]
  for (const [extra, errors] of cases) t.strictSame(codes(extra), errors, extra)
  t.strictSame(codes('', YAML.replace('apiKey: SKx, ', '')), ['missing-key'])
  t.strictSame(codes('', YAML.replace(/, apiKeySecret: "[^"]*"/, '')), ['missing-key'])
})

t.test('a region of the REST API is reached by its edge', async (t) => {
  const hosts = [
    ['us1', 'api.ashburn.us1.twilio.com'],
    ['ie1', 'api.dublin.ie1.twilio.com'],
    ['au1', 'api.sydney.au1.twilio.com'],
    ['jp1', 'api.tokyo.jp1.twilio.com'],
    ['ie1, edge: frankfurt', 'api.frankfurt.ie1.twilio.com'],
  ]
  for (const [region, host] of hosts) {
    const { accounts, twilio } = configOf(`twilio: { region: ${region} }`)
    const client = await connect(accounts[0]!, twilio)
    t.equal(client.getHostname('api.twilio.com', client.edge!, client.region!), host)
  }
})

/** The two listeners of a service whose REST API is at a mock. */
function build(
  t: Test,
  { url }: Pick<TwilioApi, 'url'>,
  extra = '',
): { admin: FastifyInstance; open: FastifyInstance; service: Service } {
  const service = createService(
    configOf(`twilio: { apiBaseUrl: "${url}" }\n${extra}`),
    pino({ level: 'silent' }),
  )
  const readiness = () => ({ ready: true, why: 'ok' })
  const [admin, open] = [adminApp(service, readiness), publicApp(service, readiness)]
  t.teardown(() => Promise.all([admin.close(), open.close()]))
  return { admin, open, service }
}

/** A signed webhook of Twilio; gives the TwiML. */
async function ask(app: FastifyInstance, url: string, params: Record<string, string>): Promise<string> {
  const all = {
    AccountSid: MAIN,
    CallSid: CALL,
    CallStatus: 'in-progress',
    Direction: 'outbound-api',
    ...params,
  }
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signatureOf('12345', url, all),
  }
  const target = url.slice('https://voice.example.com'.length)
  const response = await app.inject({
    method: 'POST',
    url: target,
    headers,
    payload: new URLSearchParams(all).toString(),
  })
  return response.body
}

function actionOf(twiml: string, verb = 'Dial'): string {
  return new RegExp(`<${verb}[^>]* action="([^"]*)"`).exec(twiml)![1]!.replaceAll('&amp;', '&')
}

/** A command run in this process. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return runIn(env)(...args)
}
