import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { CALL_PARAMETERS } from '../../src/twilio/call-parameters.js'
import { BASE, CONFIG, configOf, MAIN, parametersOf, SECOND, YAML } from '../harness/placing.js'

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

t.test('an account calls only what is not of other accounts alone', async (t) => {
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

t.test('a header given twice is a warning', async (t) => {
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

t.test('all errors of a request are reported at once', async (t) => {
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
  const others = { edge: 'mars', region: 'mars', headers: { 'X-Twilio-A': '1', 'X-B': 'b'.repeat(1024) } }
  for (const [to, error] of [
    ['sip:a@b.example;transport=sctp', 'to sip-transport'],
    ['zzz', 'to unknown-endpoint'],
    ['7@desk', 'to conflicting-keys'],
  ])
    t.strictSame(
      errorsOf({ ...BASE, ...others, to }),
      [
        error,
        ...['region sip-region', 'edge sip-region'],
        ...['headers.X-Twilio-A sip-header-name', 'headers sip-header-length'],
      ],
      `what is next to ${to} as well`,
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

t.test('a transport next to the URI is the one that names the provider', async (t) => {
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
