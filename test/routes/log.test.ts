import fc from 'fast-check'
import t from 'tap'
import { callTimeline } from '../../bin/call-timeline.js'
import { createLog, isoClock } from '../../bin/log.js'
import { LogOutput } from '../../bin/log-output.js'
import { callLogLine } from '../../routes/call-log-line.js'
import { maskNumbers } from '../../routes/mask-numbers.js'
import { decide } from '../../src/decide.js'
import { configOf } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { BUSY, CONFIG, FAILED, SID } from '../harness/recorded-call.js'
import { replica } from '../harness/replica.js'
import { until } from '../harness/serving.js'

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

const TWO_HOPS = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes: [{ name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }]
`

t.test('a recent call has the lines that the log has of it', async (t) => {
  for (const level of ['info', 'debug']) {
    const { post, api, lines } = replica(configOf(`logging: { level: ${level} }\n${TWO_HOPS}`))
    const caller = { CallSid: SID, FromCountry: 'DE', StirVerstat: 'TN-Validation-Passed-A' }
    await post(actionOf(await post('/voice', caller)), { ...caller, ...FAILED })
    const referred = { ...caller, ReferTransferTarget: 'sip:+15551230001@pbx.example.com' }
    const before = (await api(`/api/calls/recent/${SID}`)).json()
    t.equal(before.log, undefined, 'it is not over')
    if (level === 'info') await post('/refer?route=main', referred)
    await post('/status', { ...caller, CallStatus: 'completed' })
    const call = (await api(`/api/calls/recent/${SID}`)).json()
    const withoutTime = ({ time, ...line }: Record<string, unknown>) => JSON.stringify(line)
    const shown = [...call.webhooks, call].flatMap(({ log }) => (log ? [log.json] : []))
    t.same(shown.map(withoutTime), lines.map(withoutTime))
    t.match(
      call.webhooks[1].log.text,
      /^[\d:]{8} \+15557650002 → \+15551230001 {2}main {2}serverError → b rings$/,
    )
    t.equal(call.webhooks.at(-1).log, undefined, 'a callback decides nothing')
  }
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
  t.match(written[0], /^\[\d\d:\d\d:\d\d\] INFO: a line \{"from":"\+\*{7}456"\}\n$/)
  t.match(written[1], '\u001b[')
})

t.test('a terminal shows what a caller sends without obeying it', async (t) => {
  const { stdout, lines, all } = terminal()
  const { log, flush } = await createLog(
    { level: 'info' },
    { stdout, stderr: stdout, env: { NO_COLOR: '1' } },
  )
  const evil = '\x1b[2J\r\n[12:00:00.000] INFO: forged\u009b\x7f\u202e'
  log.info({ from: evil, params: { [evil]: evil } }, `a line ${evil}`)
  log.error({ err: new Error(evil) }, 'failed')
  log.error({ err: 'thrown' }, 'a text')
  log.info({ verbs: ['say'], from: evil, to: '+1', route: 'main', rule: '' }, 'a decision')
  await flush()
  const written = all()
  t.match(lines(), [/^\\u001b\[2J.* → \+1 {2}main {2}say$/])
  t.notOk(/[^\P{Cc}\n]|\u202e/u.test(written))
  t.notMatch(written, /^\[12:00:00\.000\] INFO: forged/m)
  t.match(written, 'INFO: a line \\u001b[2J\\r\\n[12:00:00.000] INFO: forged\\u009b\\u007f\\u202e {')
  t.match(written, /\n {4,}at /, 'the stack of an error has its lines')
})

t.test('a terminal gets a line a webhook', async (t) => {
  const { stdout, lines } = terminal()
  const { log, flush } = await createLog(
    { level: 'info' },
    { stdout, stderr: stdout, env: { NO_COLOR: '1' } },
  )
  const { post, clock } = replica(CONFIG, { log })
  const first = await post('/voice')
  const second = await post(actionOf(first), { DialCallStatus: 'failed', DialSipResponseCode: '503' })
  clock.now += 12_000
  await post(actionOf(second), { DialCallStatus: 'completed' })
  const third = await post('/voice', { CallSid: 'CA2', From: 'anonymous' })
  const failed = { CallSid: 'CA2', From: 'anonymous', DialCallStatus: 'failed' }
  await post(actionOf(await post(actionOf(third), failed)), failed)
  await post('/voice', { CallSid: 'CA3', To: '+15551230009', From: '' })
  await post(actionOf(await post('/voice', { CallSid: 'CA4' })), { CallSid: 'CA4', CallStatus: 'completed' })
  const silent = configOf('default: { hangup: true }\nroutes: []')
  await replica(silent, { log }).post('/voice', { CallSid: 'CA5' })
  const single = replica(configOf('routes: [{ to: "+15551230001", dial: sip:a@a.example.com }]'), { log })
  await single.post(actionOf(await single.post('/voice')), { DialCallStatus: 'failed' })
  await flush()
  t.same(lines(), [
    '+15557650002 → +15551230001  main  a rings',
    '+15557650002 → +15551230001  main  serverError → b rings',
    '+15557650002 → +15551230001  main  a 503 → b answered 12 s',
    'anonymous → +15551230001  main  a rings',
    'anonymous → +15551230001  main  unreachable → b rings',
    'anonymous → +15551230001  main  unreachable → say',
    'anonymous → +15551230009  default  reject',
    '+15557650002 → +15551230001  main  a rings',
    '+15557650002 → +15551230001  main  a canceled',
    '+15557650002 → +15551230001  default  hangup',
    '+15557650002 → +15551230001  +15551230001  sip:a@a.example.com rings',
    '+15557650002 → +15551230001  +15551230001  unreachable → hangup',
  ])
})

/** A stdout that says it is a terminal, and what was written to it, without the times. */
function terminal() {
  let written = ''
  const stdout = {
    isTTY: true,
    write(bytes: string | Uint8Array, done?: () => void) {
      written += bytes.toString()
      done!()
    },
  }
  const lines = () => [...written.matchAll(/^\d\d:\d\d:\d\d (.*)$/gm)].map(([, line]) => line)
  return { stdout, lines, all: () => written }
}

t.test('control characters are escaped in JSON, too', async (t) => {
  let line = ''
  const stdout = {
    write(bytes: string | Uint8Array, done?: () => void) {
      line += bytes.toString()
      done!()
    },
  }
  const { log, flush } = await createLog({ level: 'info' }, { stdout, stderr: stdout, env: {} })
  const evil = '\u009b2J\x7f\u202e\u2028'
  log.info({ from: evil }, evil)
  await flush()
  t.match(line, String.raw`"from":"\u009b2J\u007f\u202e\u2028"`)
  t.match(JSON.parse(line), { from: evil, msg: evil })
})

t.test('a line has the time in ISO 8601', (t) => {
  const latest = Date.UTC(2100, 0)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: latest })), (times) => {
      // two in the same second, and perhaps back again
      const ticks = times.flatMap((time) => [time, time - (time % 1000) + 7])
      const clock = ticks.values()
      const time = isoClock(() => clock.next().value!)
      for (const tick of ticks) t.equal(time(), `,"time":"${new Date(tick).toISOString()}"`)
    }),
  )
  t.end()
})

t.test('a call without any action hangs up, in its line and in its time line', async (t) => {
  const call = { time: '2026-11-20T10:00:00.000Z', from: '+1', to: '+2', route: 'main', rule: '' }
  t.match(callLogLine({ ...call, verbs: [], msg: 'route main' }), /\+1 → \+2 {2}main {2}hangup\n$/)
  const webhook = { at: call.time, path: '/voice', status: 200, params: { CallStatus: 'ringing' } }
  const webhooks = [{ ...webhook, decision: { reason: 'main', verbs: [] } }]
  const timeline = callTimeline({ ...call, at: call.time, callSid: SID, hops: [], webhooks } as never)
  t.match(timeline, 'hangup (main)')
})
