import {
  type ContextManager,
  context,
  type Link,
  ROOT_CONTEXT,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import fc from 'fast-check'
import { load } from 'js-yaml'
import t from 'tap'
import { createLog, isoTime } from '../../bin/log.js'
import { LogOutput } from '../../bin/log-output.js'
import { isTraced } from '../../routes/spans.js'
import { CallBook } from '../../src/calls/call-book.js'
import { callOutcome, noteOutcome } from '../../src/calls/call-record.js'
import { RecordRingBuffer } from '../../src/calls/record-ring-buffer.js'
import { decide } from '../../src/decide.js'
import { readRequest } from '../../src/explain/scenario.js'
import type { TestCase } from '../../src/model/config.js'
import { maskNumbers } from '../../src/numbers/mask-numbers.js'
import { testSchema } from '../../src/schema/test-case.js'
import { masker, secretMasker } from '../../src/sip/masker.js'
import { passwordsIn, withoutPassword, withoutPasswords } from '../../src/sip/passwords.js'
import { runSpec } from '../../src/spec/run-spec.js'
import { ACCOUNT, configOf } from '../harness/build.js'
import { compiledText } from '../harness/diff-configs.js'
import { actionOf, NOW, replica } from '../harness/replica.js'
import { until } from '../harness/serving.js'

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass, headers: { X-Key: s3cret-pass } }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: both, to: "+15551230003", dial: [{ ring: [a, b] }] }
  - name: rules
    to: "+15551230004"
    rules: [{ if: { from: anonymous }, reject: busy }, { name: rest, say: hello }]
`)

const SID = 'CA0123456789abcdef0123456789abcdef'
const BUSY = { CallSid: SID, DialCallStatus: 'busy', DialSipResponseCode: '486' }
const FAILED = { CallSid: SID, DialCallStatus: 'failed', DialSipResponseCode: '503' }

t.test('a decision is logged with what it takes to make it again', async (t) => {
  const { post, lines } = replica(CONFIG)
  const noise = { CallToken: 't0ken', ToCity: 'Berlin', ApiVersion: '2010-04-01', ForwardedFrom: '' }
  await post('/voice', { CallSid: SID, To: '+15551230004', StirVerstat: 'TN-Validation-Passed-A', ...noise })
  t.match(lines[0], {
    level: 'info',
    callSid: SID,
    from: '+15557650002',
    to: '+15551230004',
    route: 'rules',
    rule: 'rest',
    verbs: ['say'],
    skipped: [{ rule: '1', condition: 'from', saw: '+15557650002' }],
  })
  t.same(lines[0]!.params, { StirVerstat: 'TN-Validation-Passed-A' })
  t.match(lines[1], { callSid: SID, msg: 'call finished', outcome: 'say', hops: [], seconds: 0 })
  const silent = replica(CONFIG, { decide: (...asked) => ({ ...decide(...asked), steps: [] }) })
  await silent.post('/voice')
  t.match(silent.lines.at(-1), { outcome: 'hangup' })
})

t.test('at debug a decision is logged with all its parameters', async (t) => {
  const { post, lines } = replica({ ...CONFIG, logLevel: 'debug' })
  await post('/voice', { CallToken: 't0ken', ToCity: 'Berlin' })
  t.match(lines[0], { params: { ToCity: 'Berlin', Direction: 'inbound' } })
  t.notMatch(JSON.stringify(lines), /t0ken/)
})

t.test('a finished call is logged with its whole way', async (t) => {
  const { post, lines, clock } = replica(CONFIG)
  const first = await post('/voice', { CallSid: SID })
  clock.now += 1500
  const second = await post(actionOf(first), FAILED)
  clock.now += 2500
  await post(actionOf(second), BUSY)
  const finished = lines.filter((line) => line.msg === 'call finished')
  t.match(finished, [
    {
      hops: [
        { hop: 'a', at: '2026-11-20T10:00:00.000Z', outcome: 'serverError', code: 503, seconds: 1.5 },
        { hop: 'b', at: '2026-11-20T10:00:01.500Z', outcome: 'busy', code: 486, seconds: 2.5 },
      ],
      outcome: 'busy',
      seconds: 4,
    },
  ])
})

t.test('phone numbers in the log keep three digits', async (t) => {
  const { post, lines } = replica(configOf('logging: { maskNumbers: true }'))
  await post('/voice', {
    From: '+4930123456',
    To: 'sip:4711@acme.sip.twilio.com',
    ForwardedFrom: '+49301234567',
  })
  t.match(lines[0], { from: '+*******456', to: 'sip:4711@acme.sip.twilio.com', msg: /4711/ })
  t.match(lines[0], {
    callSid: 'CA00000000000000000000000000000001',
    params: { ForwardedFrom: '+********567' },
  })
  t.match(String(lines[0]!.time), /^\d{4}-\d\d-\d\dT/)
  t.match((await replica(CONFIG)).lines, [])
  t.end()
})

t.test('masking leaves JSON as it is but for the digits', (t) => {
  const cases = {
    '{"at":1763632800000}': '{"at":1763632800000}',
    '{"a":"sip:+493012345@x.org"}': '{"a":"sip:+******345@x.org"}',
    '{"a":"to=%2B493012345&b"}': '{"a":"to=%2B******345&b"}',
    '{"a":"say \\"493012345\\" +1234"}': '{"a":"say \\"******345\\" +*234"}',
    [`{"sid":"${SID}"}`]: `{"sid":"${SID}"}`,
  }
  for (const [line, masked] of Object.entries(cases)) t.equal(maskNumbers(line), masked)
  fc.assert(
    fc.property(fc.json(), (json) => {
      t.equal(maskNumbers(json).length, json.length)
      JSON.parse(maskNumbers(json))
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('lines are written many at a time, in their order and byte for byte', async (t) => {
  const written: Buffer[] = []
  const output = new LogOutput(
    function write(bytes, done) {
      const some = bytes.subarray(0, 30_000)
      written.push(some)
      setImmediate(done, null, some.length)
    },
    20,
    () => t.fail('nothing is dropped'),
  )
  const lines = Array.from({ length: 400 }, (_, at) => `${at} Jörg “Müller” ${'x'.repeat(at)}\n`)
  lines.splice(200, 0, `${'…'.repeat(40_000)}\n`)
  for (const line of lines) output.write(line)
  await output.flush()
  t.equal(Buffer.concat(written).toString(), lines.join(''))
  t.ok(written.length < 20, 'few writes')
  await output.flush()
  output.write('a line that waits for others\n')
  const before = written.length
  await until(t, 'it is written all the same', () => written.length > before)
})

t.test('a line that comes during a write is not left behind', async (t) => {
  const written: string[] = []
  let finish = () => {}
  const output = new LogOutput(
    function write(bytes, done) {
      written.push(bytes.toString())
      finish = () => done(null, bytes.length)
    },
    1,
    () => t.fail('nothing is dropped'),
  )
  output.write('first\n')
  await until(t, 'the first is being written', () => written.length === 1)
  output.write('second\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  finish()
  t.same(written, ['first\n', 'second\n'])
})

t.test('a terminal gets lines for people', async (t) => {
  const written: string[] = []
  const stdout = {
    isTTY: true,
    write(bytes: string | Uint8Array, done?: () => void) {
      written.push(bytes.toString())
      done!()
    },
  }
  for (const env of [{ NO_COLOR: '1' }, {}]) {
    const { log, flush } = await createLog(
      { level: 'info', maskNumbers: true },
      { stdout, stderr: stdout, env },
    )
    log.info({ from: '+4930123456' }, 'a line')
    await flush()
  }
  t.match(written[0], /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: a line\n {4}from: "\+\*{7}456"\n$/)
  t.match(written[1], '\u001b[')
})

t.test('a terminal shows what a caller sends and obeys none of it', async (t) => {
  let written = ''
  const stdout = {
    isTTY: true,
    write(bytes: string | Uint8Array, done?: () => void) {
      written += bytes.toString()
      done!()
    },
  }
  const { log, flush } = await createLog(
    { level: 'info' },
    { stdout, stderr: stdout, env: { NO_COLOR: '1' } },
  )
  const evil = '\x1b[2J\r\n[12:00:00.000] INFO: forged\u009b\x7f\u202e'
  log.info({ from: evil, params: { [evil]: evil } }, `a line ${evil}`)
  log.error({ err: new Error(evil) }, 'failed')
  log.error({ err: 'thrown' }, 'a text')
  await flush()
  t.notOk(/[^\P{Cc}\n]|\u202e/u.test(written))
  t.notMatch(written, /^\[12:00:00\.000\] INFO: forged/m)
  t.match(written, 'INFO: a line \\u001b[2J\\r\\n[12:00:00.000] INFO: forged\\u009b\\u007f\\u202e\n')
  t.match(written, /\n {4,}at /, 'the stack of an error has its lines')
})

t.test('a recent call is shown with all its webhooks', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: 'CA9' })
  const second = await post(actionOf(await post('/voice', { CallSid: SID, CallToken: 't0ken' })), FAILED)
  await post('/status?endpoint=b', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
  await post(actionOf(second), BUSY)
  const reply = await api(`/api/calls/recent/${SID}`)
  t.match(reply.json(), {
    callSid: SID,
    route: 'main',
    outcome: 'busy',
    webhooks: [
      { path: '/voice', status: 200, decision: { hop: 'a', next: ['b'] }, twiml: /password="\*\*\*"/ },
      { path: '/dialed', params: { DialSipResponseCode: '503' }, decision: { outcome: 'serverError' } },
      { path: '/status', status: 204, params: { CallStatus: 'ringing' } },
      { path: '/dialed', twiml: /sorry/ },
    ],
  })
  t.notMatch(reply.body, /s3cret|t0ken/)
  const list = (await api('/api/calls')).json().calls
  t.match(list, [
    { callSid: SID, hops: [{ outcome: 'serverError' }, { outcome: 'busy' }] },
    { callSid: 'CA9' },
  ])
})

t.test('a recent call becomes a command and a test case', async (t) => {
  const { post, api, service } = replica(CONFIG)
  for (let at = 0; at < 3; at += 1) service.health.note('a', 'serverError', NOW)
  service.health.drain('b', 'by hand')
  const caller = { CallSid: SID, From: "o'neil", 'SipHeader_X-Tag': 'x y' }
  await post(actionOf(await post('/voice', caller)), { ...FAILED, ...caller })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.equal(
    explain,
    "dialsip explain -c /etc/dialsip.yaml --to +15551230001 --from 'o'\\''neil' --at 2026-11-20T10:00:00.000Z" +
      ` --param CallSid=${SID} --param 'SipHeader_X-Tag=x y' --outcome a=503 --down a --drained b`,
  )
  const [written] = load(test) as unknown[]
  t.same(testSchema.parse(written), {
    name: `call ${SID}`,
    call: {
      to: '+15551230001',
      from: "o'neil",
      at: '2026-11-20T10:00:00.000Z',
      params: { CallSid: SID, 'SipHeader_X-Tag': 'x y' },
    },
    outcomes: { a: '503' },
    down: ['a'],
    drained: ['b'],
    expect: { route: 'main', dials: ['a', 'b'] },
  })
})

t.test('where accounts are apart a past call tells its own', async (t) => {
  const config = compiledText(`
publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }, { sid: AC${'b'.repeat(32)}, name: other, authTokens: [x] }]
routes: [{ name: main, account: other, to: "+15551230001", reject: busy }]
`)
  const { post, api, lines } = replica(config)
  await post('/voice', { CallSid: SID })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(explain, ` --account ${ACCOUNT} `)
  t.match(load(test), [{ call: { account: ACCOUNT }, expect: { route: '' } }])
  t.match(runSpec(config, load(test) as TestCase[]), { failed: 0 })
  const { params, at } = readRequest(JSON.stringify({ ...lines[0], time: undefined }))
  t.match([params.AccountSid, at], [ACCOUNT, undefined])
})

t.test('each outcome has a word that gives it again', async (t) => {
  const outcomes = [
    [{ DialCallStatus: 'completed', DialSipResponseCode: '200' }, 'answered'],
    [{ DialCallStatus: 'canceled', CallStatus: 'completed' }, 'canceled'],
    [{ DialCallStatus: 'no-answer', DialSipResponseCode: '487', CallStatus: 'completed' }, 'canceled'],
    [{ DialCallStatus: 'canceled', DialSipResponseCode: '603', CallStatus: 'in-progress' }, 'noAnswer'],
    [{ DialCallStatus: 'no-answer' }, 'ringing+timeout'],
    [{ DialCallStatus: 'busy' }, 'busy'],
    [{ DialCallStatus: 'failed', DialSipResponseCode: '486' }, '486'],
  ] as const
  for (const [params, word] of outcomes) {
    const { post, api } = replica(CONFIG)
    const action = actionOf(await post('/voice', { CallSid: SID }))
    await post('/status?endpoint=a', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
    await post(action, { ...params, CallSid: SID })
    t.match((await api(`/api/calls/recent/${SID}`)).json().explain, `--outcome a=${word}`)
  }
})

t.test('a callee who does not accept is told apart', async (t) => {
  const { post, api } = replica(configOf('routes: [{ to: "+1*", dial: "sip:a@x.org", screen: true }]'))
  const action = actionOf(await post('/voice', { CallSid: SID }))
  const params = { DialCallStatus: 'failed', DialSipResponseCode: '200', DialBridged: 'false' }
  await post(action, { ...params, CallSid: SID })
  const { explain, test } = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(explain, '--outcome sip:a@x.org=unaccepted')
  t.match(test, /'?sip:a@x\.org'?: unaccepted/)
})

t.test('a test case names the rule that fits', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: SID, ParentCallSid: 'CA7', To: '+15551230004' })
  const [written] = load((await api(`/api/calls/recent/${SID}`)).json().test) as unknown[]
  t.same(testSchema.parse(written).expect, { route: 'rules', rule: 'rest' })
})

t.test('a call that still rings has no outcome yet', async (t) => {
  const { post, api } = replica(CONFIG)
  await post('/voice', { CallSid: SID, To: '+15551230003' })
  const call = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(call, { hops: [{ hop: 'a|b' }], test: /dials:/ })
  t.notMatch(call.explain, 'outcome')
  t.equal(call.outcome, undefined)
})

t.test('a call that came in elsewhere is shown as far as it is known', async (t) => {
  const { post, api } = replica(CONFIG)
  const action = actionOf(await post('/voice'))
  await post(action, BUSY)
  const call = (await api(`/api/calls/recent/${SID}`)).json()
  t.match(call, { outcome: 'busy', webhooks: [{ path: '/dialed' }] })
  t.equal(call.explain, undefined)
})

t.test('the list of recent calls can be narrowed', async (t) => {
  const { post, api } = replica(CONFIG)
  for (const [at, From] of ['+4930', '+4940', '+4930'].entries())
    await post('/voice', { CallSid: `CA${at}`, From })
  const sids = async (query: string) =>
    (await api(`/api/calls?${query}`)).json().calls.map(({ callSid }: { callSid: string }) => callSid)
  t.same(await sids('number=%2B4930'), ['CA2', 'CA0'])
  t.same(await sids('number=15551230001&limit=1'), ['CA2'])
  t.equal((await api('/api/calls?limit=many')).statusCode, 400)
  t.equal((await api('/api/calls/recent/CA7')).statusCode, 404)
})

t.test('the last thousand calls are kept with their webhooks', (t) => {
  const book = new CallBook()
  for (let at = 0; at < 1_001; at += 1) book.open(`CA${at}`, NOW)
  t.equal(book.recent().length, 1_000)
  t.same([book.recent()[0]?.callSid, book.recent().at(-1)?.callSid], ['CA1000', 'CA1'])
  t.end()
})

t.test('a call that comes in again and again is remembered within limits', async (t) => {
  const { post, service } = replica(CONFIG)
  for (let at = 0; at < 60; at += 1) {
    const tried = encodeURIComponent(Array(at).fill('serverError:a').join('^'))
    await post(`/dialed?dial=main&hop=a&next=b&tried=${tried}`, { ...FAILED, DialCallSid: `CA${at}` })
  }
  t.equal(service.book.find(SID)?.hops.length, 50)
  const { book } = service
  const [call, other] = [book.find(SID)!, book.open('CA7', NOW)]
  const [first] = book.webhooksOf(call)
  for (let at = 0; at < 60; at += 1) book.noteWebhook(other, { ...first!, twiml: 'ä'.repeat(300_000) }, [])
  t.same(book.webhooksOf(call), [])
  t.equal(book.webhooksOf(other).length, 43, '25 MB of 600 kB each')
  book.noteWebhook(other, { ...first!, twiml: 'x'.repeat(10_000_000) }, [])
  t.equal(book.webhooksOf(other).length, 43, 'one that is too long is left out')
})

t.test('a line has the time in ISO 8601', (t) => {
  const latest = Date.UTC(2100, 0)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: latest })), (times) => {
      // two in the same second, and perhaps back again
      const ticks = times.flatMap((time) => [time, time - (time % 1000) + 7])
      const clock = ticks.values()
      const time = isoTime(() => clock.next().value!)
      for (const tick of ticks) t.equal(time(), `,"time":"${new Date(tick).toISOString()}"`)
    }),
  )
  t.end()
})

t.test('a tape gives the last records as they were written', (t) => {
  const record = fc.array(fc.string({ unit: 'binary', maxLength: 9 }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const tape = new RecordRingBuffer(200)
      const places = records.map((texts) => tape.append(texts))
      const read = places.map((place) => tape.read(place!, 2))
      const gone = read.filter((texts) => texts === undefined).length
      t.same(read.slice(gone), records.slice(gone))
      t.equal(read.lastIndexOf(undefined), gone - 1, 'the oldest go first')
      t.ok(gone <= Math.max(0, records.length - 1), 'the last one is there')
    }),
  )
  t.end()
})

t.test('secrets are masked by value and by place', (t) => {
  const mask = secretMasker(['s3cret&pass', 'short'])
  t.equal(mask('s3cret&amp;pass s3cret&pass short shorter'), '*** *** *** shorter')
  t.equal(mask('sip:u@x.org?X-Key=short&X-B=1'), 'sip:u@x.org?X-Key=***&X-B=1')
  t.equal(secretMasker(['sip:{{To}}@pbx.example'])('sip:+1@pbx.example'), 'sip:+1***')
  t.equal(
    mask('<Sip username="u" password="short">sip:u:pw@x.org'),
    '<Sip username="u" password="***">sip:u:***@x.org',
  )
  t.end()
})

t.test('of secrets that overlap nothing is seen, the longest is hidden first', (t) => {
  const stars = masker(['secret', 'secret-token', 'token-of-mine'], (secret) => '*'.repeat(secret.length))
  t.equal(stars('my secret, secret-token.'), `my ${'*'.repeat(6)}, ${'*'.repeat(12)}.`)
  t.equal(stars('a secret-token-of-mine'), `a ${'*'.repeat(20)}`)
  const mask = secretMasker(['secret-token', 'secret'])
  t.equal(mask('secret-token secret-tokens secrets'), '*** ***s ***s')
  t.end()
})

t.test('a short secret is hidden as a word of its own, and in no other', (t) => {
  const mask = masker(['a', 'é1', ''], () => '*')
  t.equal(mask('a cannot reach b, "a" (a) a1 1a äa é1 é1é'), '* cannot reach b, "*" (*) a1 1a äa * é1é')
  t.end()
})

t.test('no text shows a secret, however secrets begin, repeat and overlap', (t) => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })
  const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 }))
  fc.assert(
    fc.property(texts, secrets, (text, hidden) => {
      const masked = masker(hidden, (secret) => '*'.repeat(secret.length))(text)
      t.equal(masked.length, text.length)
      t.notOk(hidden.some((secret) => masked.includes(secret)))
      const isFree = !hidden.some((secret) => text.includes(secret))
      t.equal(masked === text, isFree)
    }),
  )
  t.end()
})

t.test('passwords in URIs are hidden by one rule', (t) => {
  const cases: [text: string, shown: string][] = [
    ['sip:joe:pass@x.org', 'sip:joe:***@x.org'],
    ['SIPS:joe:pass@x.org;transport=tls?X-A=b', 'SIPS:joe:***@x.org;transport=tls?X-A=b'],
    ['sip:joe:p@ss?w/rd@x.org', 'sip:joe:***@x.org'],
    ['sip://joe:pass@x.org', 'sip://joe:***@x.org'],
    ['redis://:pass@x.org:6379 rediss://u:pass@y', 'redis://:***@x.org:6379 rediss://u:***@y'],
    ['dial sip:a:b@x|sip:c:d@y, then "sip:e:f@z"', 'dial sip:a:***@x|sip:c:***@y, then "sip:e:***@z"'],
    ['<Sip>sip:a:b@x</Sip>', '<Sip>sip:a:***@x</Sip>'],
    [
      'sip:joe@x.org:5060 sip:x.org:5060 https://x.org:8080/a@b',
      'sip:joe@x.org:5060 sip:x.org:5060 https://x.org:***@b',
    ],
    ['write to joe@x.org: at 10:00', 'write to joe@x.org: at 10:00'],
  ]
  for (const [text, shown] of cases) t.equal(withoutPasswords(text), shown)
  const first = ([text]: [string, string]) => passwordsIn(text)
  t.same(cases.slice(0, 6).flatMap(first), [
    'pass',
    'pass',
    'p@ss?w/rd',
    'pass',
    'pass',
    'pass',
    'b',
    'd',
    'f',
  ])
  t.same(passwordsIn(''), [])
  t.equal(withoutPassword('sip:joe:pass@x.org'), 'sip:joe@x.org')
  t.equal(withoutPassword('sip:joe@x.org'), 'sip:joe@x.org')
  t.end()
})

t.test('a call without hops ends as its last verb', (t) => {
  const record = new CallBook().open('CA1', NOW)
  t.equal(callOutcome(record, 'reject'), 'reject')
  noteOutcome(record, 'a', 'busy', NOW)
  t.equal(callOutcome(record, 'reject'), 'busy')
  t.end()
})

interface Recorded extends SpanOptions {
  readonly name: string
  readonly traceId: string
  readonly parent: string | undefined
  readonly spanId: string
  status?: unknown
  ended?: unknown
}

const sampled = { yes: true }

/** As much of an OpenTelemetry SDK as it takes to see what is reported to it. */
function recorder(): { spans: Recorded[]; tracer: Tracer } {
  const spans: Recorded[] = []
  const startSpan: Tracer['startSpan'] = (name, options = {}, context) => {
    const parent = context && trace.getSpanContext(context)
    const spanId = String(spans.length + 1).padStart(16, '0')
    const traceId = parent?.traceId ?? '0'.repeat(31).concat('1')
    const span = {
      name,
      traceId,
      spanId,
      parent: parent?.spanId,
      attributes: {},
      links: [] as Link[],
      ...options,
    }
    spans.push(span)
    const recording = {
      isRecording: () => sampled.yes,
      spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
      setAttributes: (attributes: object) => Object.assign(span.attributes, attributes),
      setAttribute: (key: string, value: unknown) => Object.assign(span.attributes, { [key]: value }),
      setStatus: (status: unknown) => Object.assign(span, { status }),
      addLink: (link: Link) => span.links.push(link),
      end: (ended: unknown) => Object.assign(span, { ended }),
    }
    return recording as unknown as ReturnType<Tracer['startSpan']>
  }
  return { spans, tracer: { startSpan } as Tracer }
}

const { spans, tracer } = recorder()

t.test('spans are made for somebody who takes them only', (t) => {
  t.equal(isTraced(), false)
  const usual = trace.getTracerProvider
  trace.getTracerProvider = () => ({ getTracer: () => tracer })
  t.equal(isTraced(), true, 'a provider of another copy of the API')
  trace.getTracerProvider = usual
  t.end()
})

t.test('a call is one trace of webhooks, decisions and hops', async (t) => {
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  const { post, clock } = replica(CONFIG)
  const first = await post('/voice', { CallSid: SID })
  clock.now += 2000
  const second = await post(actionOf(first), FAILED)
  const names = ['POST /voice', 'decide', 'POST /dialed', 'hop a', 'decide']
  t.same(
    spans.map(({ name }) => name),
    names,
  )
  t.ok(spans.every((span) => span.traceId === SID.slice(2) && span.ended !== undefined))
  const [voice, decision, , hop] = spans
  t.match(voice, {
    parent: SID.slice(-16),
    attributes: { 'dialsip.call_sid': SID, 'http.route': '/voice' },
    links: [],
  })
  t.match(decision, {
    parent: voice!.spanId,
    attributes: { 'dialsip.route': 'main', 'dialsip.hop': 'a' },
  })
  t.match(hop, {
    parent: decision!.spanId,
    attributes: { 'dialsip.outcome': 'serverError', 'sip.response_code': 503 },
    status: { code: SpanStatusCode.ERROR },
  })
  t.same([hop!.startTime, hop!.ended], [new Date(NOW), new Date(NOW + 2000)])
  await post(actionOf(second), { CallSid: SID, DialCallStatus: 'completed' })
  t.equal(spans.find(({ name }) => name === 'hop b')?.status, undefined)
})

t.test('what is not known of a call leaves its spans whole', async (t) => {
  spans.length = 0
  const { post } = replica(CONFIG)
  await post('/status', { CallSid: 'CA1', CallStatus: 'ringing' })
  t.match(spans, [{ name: 'POST /status', parent: undefined }])
  const elsewhere = actionOf(await replica(CONFIG).post('/voice', { CallSid: SID }))
  await post(elsewhere, { CallSid: SID, DialCallStatus: 'completed' })
  t.notOk(
    spans.some(({ name }) => name.startsWith('hop')),
    'dialled by another replica',
  )
  await post('/dialed?dial=main&hop=a&mark=x', { CallSid: SID, DialCallStatus: 'no-answer' })
})

t.test('a hop of a webhook that was not sampled hangs from its call', async (t) => {
  const { post } = replica(CONFIG)
  sampled.yes = false
  const first = await post('/voice', { CallSid: SID })
  sampled.yes = true
  spans.length = 0
  await post(actionOf(first), FAILED)
  t.equal(spans.find(({ name }) => name === 'hop a')?.parent, SID.slice(-16))
})

t.test('a call is answered when watching fails', async (t) => {
  const broken = Object.assign(new CallBook(), {
    find() {
      throw new Error('broken')
    },
  })
  const { post, lines } = replica(CONFIG, { book: broken })
  t.equal(await post('/recording', { CallSid: SID }), '')
  t.match(lines.at(-1), { level: 'error', path: '/recording', err: { message: 'broken' } })
})

t.test('an error of ours and an HTTP span beside it are seen', async (t) => {
  spans.length = 0
  const http = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const active = () => trace.setSpanContext(ROOT_CONTEXT, http)
  context.setGlobalContextManager({ active } as unknown as ContextManager)
  const broken = Object.assign(new CallBook(), {
    open() {
      throw new Error('broken')
    },
  })
  const { post } = replica(CONFIG, { book: broken })
  await post('/status?endpoint=a', { CallSid: 'CA2', ParentCallSid: SID, CallStatus: 'ringing' })
  t.match(spans, [{ status: { code: SpanStatusCode.ERROR }, links: [{ context: http }] }])
})
