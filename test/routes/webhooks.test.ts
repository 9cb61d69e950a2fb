import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { pino } from 'pino'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { publicApp } from '../../routes/public-app.js'
import { CallBook } from '../../src/calls/call-book.js'
import { loadConfig } from '../../src/config/load.js'
import { ACCOUNT, configOf, files, HEAD, TOKEN, webhook } from '../harness/build.js'
import { actionOf, referUrlOf } from '../harness/callback-urls.js'
import { cases } from '../harness/cases.js'
import { until } from '../harness/serving.js'
import { BASE, CONFIG, NOW, serviceOn } from '../harness/signed-service.js'
import { complaintsOf } from '../oracles/twiml.js'

t.test('a signed call gets the Dial of its route', async (t) => {
  const { post, get, lines } = serviceOn()
  for (const reply of [await post('/voice', webhook()), await get('/voice', webhook())]) {
    t.equal(reply.statusCode, 200)
    t.equal(reply.headers['content-type'], 'text/xml; charset=utf-8')
    t.match(reply.body, '>sip:+15551230001@a.example.com</Sip>')
  }
  t.match((await post('/voice', webhook({ To: '+15559999999' }))).body, '@b.example.com')
  t.match((await post('/voice', webhook({ To: '+49' }))).body, '<Reject reason="busy"/>')
  t.match(lines[0], {
    callSid: webhook().CallSid,
    route: 'main',
    hop: 'a',
    next: ['b'],
    msg: 'route main by +15551230001',
  })
  t.notMatch(JSON.stringify(lines), /s3cret-pass|12345"/)
})

t.test('a call goes from hop to hop and is logged once it is over', async (t) => {
  const { post, lines, service } = serviceOn()
  let twiml = (await post('/voice', webhook())).body
  twiml = (await post(actionOf(twiml), webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' })))
    .body
  t.match(twiml, '@b.example.com')
  twiml = (await post(actionOf(twiml), webhook({ DialCallStatus: 'busy', DialSipResponseCode: '486' }))).body
  t.match(twiml, '<Say>sorry</Say>')
  await post('/status', webhook({ CallStatus: 'completed' }))
  const finished = lines.filter((line) => line.msg === 'call finished')
  t.match(finished, [
    {
      route: 'main',
      hops: [
        { hop: 'a', outcome: 'serverError' },
        { hop: 'b', outcome: 'busy' },
      ],
      seconds: 0,
    },
  ])
  t.equal(finished.length, 1)
  t.equal(service.book.find(webhook().CallSid!)?.finished, true)
})

t.test('a ringing callback makes silence a no-answer', async (t) => {
  const { post } = serviceOn()
  const silence = webhook({ DialCallStatus: 'no-answer' })
  const action = actionOf((await post('/voice', webhook())).body)
  t.match((await post(action, silence)).body, '@b.example.com')
  const rang = webhook({ CallSid: 'CA2', ParentCallSid: webhook().CallSid!, CallStatus: 'ringing' })
  t.equal((await post('/status?endpoint=a', rang)).statusCode, 204)
  t.match((await post(action, silence)).body, '<Say>sorry</Say>')
})

t.test('of a parameter that comes again the last counts', async (t) => {
  const config = configOf('routes: [{ to: "+15551230001", dial: "sip:{{ToCity}}@a.example.com" }]')
  const { app } = serviceOn({ ...config, insecureSkipSignature: true })
  const reply = await app.inject({
    method: 'POST',
    url: '/voice',
    payload: `${new URLSearchParams(webhook())}&ToCity=one&ToCity=two&ToCity=three`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  t.match(reply.body, '>sip:three@a.example.com</Sip>')
})

t.test('the letter case of the host in publicUrl makes no difference', async (t) => {
  const written = { 'dialsip.yaml': HEAD.replace('voice.example', 'Voice.Example') }
  const { config } = loadConfig('/etc/dialsip.yaml', files(written))
  const { app } = serviceOn(config)
  for (const base of ['https://Voice.Example.com', 'https://voice.example.com']) {
    const signature = sdk.getExpectedTwilioSignature(TOKEN, `${base}/voice`, webhook())
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
    }
    const payload = new URLSearchParams(webhook()).toString()
    t.equal((await app.inject({ method: 'POST', url: '/voice', payload, headers })).statusCode, 200, base)
  }
})

t.test('a repeated webhook gets the same answer', async (t) => {
  const { post, service, lines } = serviceOn()
  const token = { 'i-twilio-idempotency-token': 'abc' }
  const first = (await post('/voice', webhook(), token)).body
  service.health.drain('a', 'test')
  t.equal((await post('/voice', webhook(), token)).body, first)
  t.not((await post('/voice', webhook(), { 'i-twilio-idempotency-token': 'def' })).body, first)
  t.equal(lines.length, 2)
})

t.test('a token says nothing of a webhook to another URL', async (t) => {
  const { post } = serviceOn()
  const token = { 'i-twilio-idempotency-token': 'abc' }
  const first = (await post('/voice', webhook(), token)).body
  const failed = webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' })
  const second = (await post(actionOf(first), failed, token)).body
  t.match(second, '@b.example.com')
  t.match((await post(actionOf(second), failed, token)).body, '<Say>sorry</Say>')
  t.equal((await post(actionOf(first), failed, token)).body, second)
})

t.test('a repeated webhook rings nobody again', async (t) => {
  const { post, service, lines } = serviceOn()
  const twice = async (target: string, params: Record<string, string>) => {
    await post(target, params)
    return (await post(target, params)).body
  }
  const hops = () => service.book.find(webhook().CallSid!)!.hops.map(({ hop, outcome }) => [hop, outcome])
  const first = await twice('/voice', webhook())
  t.same(hops(), [['a', undefined]])
  const failed = webhook({ DialCallSid: 'CA2', DialCallStatus: 'failed', DialSipResponseCode: '503' })
  const second = await twice(actionOf(first), failed)
  const busy = webhook({ DialCallSid: 'CA3', DialCallStatus: 'busy', DialSipResponseCode: '486' })
  t.match(await twice(actionOf(second), busy), '<Say>sorry</Say>')
  const whole = [
    ['a', 'serverError'],
    ['b', 'busy'],
  ]
  // so late that the hop has ended since
  await post('/voice', webhook())
  await post(actionOf(first), failed)
  t.same(hops(), whole)
  await post('/status', webhook({ CallStatus: 'completed' }))
  const finished = lines.filter((line) => line.msg === 'call finished')
  t.match(finished, [{ hops: whole.map(([hop, outcome]) => ({ hop, outcome })), outcome: 'busy' }])
  t.equal((finished[0] as { hops: unknown[] }).hops.length, 2)
})

t.test('a repeated webhook that is answered otherwise rings what it was answered last', async (t) => {
  const { post, service } = serviceOn()
  await post('/voice', webhook())
  service.health.drain('a', 'test')
  await post('/voice', webhook())
  t.match(service.book.find(webhook().CallSid!)!.hops, [{ hop: 'b', outcome: undefined }])
})

t.test('a call that comes back to a route rings again', async (t) => {
  const { post, service } = serviceOn()
  const action = actionOf((await post('/voice', webhook())).body)
  await post(action, webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' }))
  await post('/voice', webhook({ CallStatus: 'in-progress' }))
  t.match(service.book.find(webhook().CallSid!)!.hops, [
    { hop: 'a', outcome: 'serverError' },
    { hop: 'b', outcome: undefined },
    { hop: 'a', outcome: undefined },
  ])
})

t.test('the leg of another call says nothing of this one', async (t) => {
  const { post, lines, service } = serviceOn()
  for (const CallSid of ['CA1', 'CA2']) {
    const action = actionOf((await post('/voice', webhook({ CallSid }))).body)
    await post(action, webhook({ CallSid, DialCallSid: 'CAleg', DialCallStatus: 'completed' }))
    t.match(service.book.find(CallSid)!.hops, [{ hop: 'a', outcome: 'answered' }])
  }
  t.match(
    lines.filter((line) => line.msg === 'call finished'),
    [
      { callSid: 'CA1', outcome: 'answered' },
      { callSid: 'CA2', outcome: 'answered' },
    ],
  )
})

t.test('three failures in a row eject an endpoint', async (t) => {
  const { post, service, lines } = serviceOn()
  for (const CallSid of ['CA1', 'CA2', 'CA3']) {
    const action = actionOf((await post('/voice', webhook({ CallSid }))).body)
    await post(action, webhook({ CallSid, DialCallStatus: 'failed', DialSipResponseCode: '503' }))
  }
  t.match(service.health.of('a', NOW), { standing: 'ejected' })
  t.match((await post('/voice', webhook({ CallSid: 'CA4' }))).body, '@b.example.com')
  t.ok(lines.some((line) => line.msg === 'endpoint a is ejected'))
})

t.test('an error of ours gives the call the last resort', async (t) => {
  const broken = () => {
    throw new Error('an error of ours')
  }
  const { post, lines } = serviceOn(CONFIG, { decide: broken })
  const reply = await post('/voice', webhook(), { 'i-twilio-idempotency-token': 'abc' })
  t.equal(reply.statusCode, 200)
  t.match(reply.body, '<Say>sorry</Say>')
  t.match((await post('/voice', webhook({ To: '+49' }))).body, '<Reject reason="busy"/>')
  t.match(lines[0], { level: 50, err: { message: 'an error of ours' }, callSid: webhook().CallSid })
  const hopeless = serviceOn(configOf(`default: [${'{ say: "{{params.X}}" },'.repeat(17)}]`))
  const last = await hopeless.post('/voice', webhook({ To: '+49', X: 'x'.repeat(5000) }))
  t.equal(last.body, '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>')
})

t.test('a decision that cannot be noted is sent all the same', async (t) => {
  const broken = () => {
    throw new Error('an error of ours')
  }
  const { post, service, lines } = serviceOn()
  service.meters.decision = broken
  t.match((await post('/voice', webhook())).body, '@a.example.com')
  t.match(lines, [{ level: 50, err: { message: 'an error of ours' }, callSid: webhook().CallSid }])
  const { post: postUnheard } = serviceOn(CONFIG, { log: pino({ level: 'debug' }, { write: broken }) })
  for (const CallSid of ['CA1', 'CA2', 'CA3']) {
    const first = await postUnheard('/voice', webhook({ CallSid }))
    t.match(first.body, '@a.example.com')
    const failed = webhook({ CallSid, DialCallStatus: 'failed', DialSipResponseCode: '503' })
    t.match((await postUnheard(actionOf(first.body), failed)).body, '@b.example.com')
  }
})

t.test('an error after a hop leaves the call to its otherwise', async (t) => {
  const { post, service } = serviceOn()
  const action = actionOf((await post('/voice', webhook())).body)
  service.health.standing = () => {
    throw new Error('an error of ours')
  }
  t.match((await post(action, webhook({ DialCallStatus: 'failed' }))).body, '<Say>sorry</Say>')
})

t.test('the path of publicUrl is in front of every path', async (t) => {
  const publicUrl = { ...CONFIG.publicUrl, href: `${BASE}/twilio`, path: '/twilio' }
  const { post, app } = serviceOn({ ...CONFIG, publicUrl })
  t.match((await post('/twilio/voice', webhook())).body, 'https://voice.example.com/twilio/dialed')
  t.equal((await post('/voice', webhook())).statusCode, 404)
  for (const url of ['/livez', '/readyz', '/twilio/livez', '/twilio/readyz'])
    t.equal((await app.inject(url)).statusCode, 200)
})

t.test('a server that is not ready says why', async (t) => {
  const { service } = serviceOn()
  const app = publicApp(service, () => ({ ready: false, why: 'stopping' }))
  t.teardown(() => app.close())
  const reply = await app.inject('/readyz')
  t.same(
    [reply.statusCode, reply.json()],
    [503, { ready: false, why: 'stopping', revision: CONFIG.revision }],
  )
})

t.test('a route with a schema that nothing compiles is an error at the start', async (t) => {
  const { service } = serviceOn()
  const app = publicApp(service, () => ({ ready: true, why: 'ok' }))
  app.post('/checked', { schema: { body: { type: 'object' } } }, () => '')
  await t.rejects(async () => app.ready(), /schema/)
})

t.test('an open connection gets one more answer while the server stops', async (t) => {
  const { app } = serviceOn()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const ask = async () => {
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
    return String(await once(socket, 'data')).toLowerCase()
  }
  t.match(await ask(), 'connection: keep-alive')
  const closed = app.close()
  await until(t, 'nobody else gets in', async () => {
    const other = connect(port, '127.0.0.1')
    const refused = await once(other, 'connect').catch((error) => error)
    other.destroy()
    return refused.code === 'ECONNREFUSED'
  })
  t.match(await ask(), /^http\/1.1 200 .*connection: close/s)
  await closed
})

t.test('a callee is asked before the call is put through', async (t) => {
  const { post } = serviceOn()
  const twiml = (await post('/voice', webhook({ To: '+15559999999' }))).body
  const target = /<Sip url="https:\/\/voice\.example\.com([^"]*)"/.exec(twiml)![1]!.replaceAll('&amp;', '&')
  const leg = { CallSid: 'CA2', ParentCallSid: webhook().CallSid!, To: 'sip:b.example.com' }
  t.match((await post(target, webhook(leg))).body, '<Gather')
  t.match((await post(target, webhook({ ...leg, Digits: '1' }))).body, '<Response></Response>')
  t.match((await post(target, webhook({ ...leg, Digits: '2' }))).body, '<Hangup/>')
  t.match((await post('/screen?dial=gone&hop=gone', webhook(leg))).body, '<Response></Response>')
  t.match((await post('/screen', { AccountSid: ACCOUNT })).body, '<Response></Response>')
})

t.test('an error of ours in a screen puts the call through', async (t) => {
  const leg = webhook({ CallSid: 'CA2', ParentCallSid: webhook().CallSid!, To: 'sip:b.example.com' })
  const broken = () => {
    throw new Error('an error of ours')
  }
  const many = '/screen?dial=many&hop=b'
  const { post: postUnheard } = serviceOn(CONFIG, { log: pino({ level: 'debug' }, { write: broken }) })
  t.match((await postUnheard(many, leg)).body, '<Gather')
  const { post, lines } = serviceOn(Object.defineProperty({ ...CONFIG }, 'routes', { get: broken }))
  t.match((await post(many, leg)).body, '<Response></Response>')
  t.match(lines, [{ level: 50, err: { message: 'an error of ours' }, callSid: webhook().CallSid }])
})

t.test('a REFER is routed like a call', async (t) => {
  const { post } = serviceOn()
  const twiml = (await post('/voice', webhook({ To: '+15559999999' }))).body
  t.match(
    (await post(referUrlOf(twiml), webhook({ ReferTransferTarget: '<sip:+15551230001@x>' }))).body,
    '@a.example.com',
  )
})

t.test('the recipe for LiveKit transfers to the number that the agent names', async (t) => {
  const recipe = /```yaml complete\n(.*?)```/s.exec(readFileSync('docs/recipes/livekit.md', 'utf8'))![1]!
  const { config } = loadConfig('/etc/dialsip.yaml', {
    ...files({ 'dialsip.yaml': recipe }),
    variables: { TWILIO_AUTH_TOKEN: TOKEN, SIP_PASSWORD: 's3cret' },
  })
  const { post, service } = serviceOn(config!)
  const first = (await post('/voice', webhook())).body
  const target = { ReferTransferTarget: '<tel:+1-555-123-0002>' }
  const second = (await post(referUrlOf(first), webhook(target))).body
  t.match(second, '>sip:+15551230002@pbx.example.com</Sip>')
  t.match(service.book.find(webhook().CallSid!), { to: '+15551230002', route: 'people' })
  const failed = webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' })
  t.match((await post(actionOf(second), failed)).body, '<Say>Please call again later.</Say>')
  t.match(service.book.find(webhook().CallSid!), { to: '+15551230002', route: 'people' })
})

/** A config with everything that a plan can name. */
const JUNGLE = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", headers: { X-T: "{{ReferTransferTarget}}", X-W: "{{wild}}" } }
  b: { uri: "sip:b@b.example.com" }
groups: { team: [a, { ring: [a, b] }] }
routes:
  - name: main
    to: "+15551230001"
    dial: [a, { split: { a: 1, b: 1 } }, { ring: [a, b] }, { number: "+15550100000" }]
    screen: { say: "{{To}} {{CallerName}}", accept: "1" }
    referUrl: true
    otherwise: voicemail
  - name: rules
    to: "+1555*"
    rules: [{ name: otherwise, if: { from: "+1900*" }, dial: team }, { dial: b, otherwise: { action: voicemail } }]
actions:
  voicemail: [{ say: "{{CallerName}}" }, { record: true }, { say: "{{wild}}" }, { record: { transcribe: true } }, { dial: b }]
default: [{ record: true }, { reject: busy }]
`)

/** What a key of a plan, or a parameter of Twilio's, may hold at its best and at its worst. */
const IDS = ['main', 'rules/otherwise', 'rules/2', 'main/otherwise', '@voicemail', '@default', 'default']

const ODD_IDS = ['main/otherwise/otherwise', '/otherwise', '@', '@outbound:', '@outbound:#', '@outbound:|']

const AD_HOC = ['@outbound:a^b', '@outbound:team', '@outbound:call#a#x', '@outbound:caller#a#1#b#2']

const HOPS = ['a', 'b', 'a|b', 'a^b', '^', '|', 'sip:x@y.example', 'sip:', '+15550100000', 'gone']

const TRIED = ['busy:a', 'unreachable:', 'noAnswer:a|b^busy:b', 'constructor:a', ':', '']

const NUMBERS = ['0', '1', '2', '4', '99', '-1', '-0', '1.5', '1e0', '1e400', 'NaN', '0x1', ' 1', '01', '']

const PARTIES = ['+15551230001', '+1555', 'client:x', 'sip:a@b', '<tel:+1-555-123-0001>', '"<', '%', '']

const STATUSES = ['completed', 'no-answer', 'failed', 'busy', 'canceled', 'ringing', 'in-progress', '']

const NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'true',
  'false',
  '$&',
  '\0',
  '\ufffe',
  'x'.repeat(2000),
]

function oftenOf(values: readonly string[]): fc.Arbitrary<string> {
  const rarely = fc.oneof(fc.constantFrom(...NAMES), fc.string())
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: rarely })
}

function some(values: Readonly<Record<string, readonly string[]>>) {
  const named = Object.entries(values).map(([name, list]) => [name, fc.option(oftenOf(list))] as const)
  return fc.record(Object.fromEntries(named)).map(function present(all) {
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
    return Object.fromEntries(given)
  })
}

const PLANS = some({
  called: PARTIES,
  dial: [...IDS, ...ODD_IDS, ...AD_HOC],
  endpoint: HOPS,
  fingerprint: ['0123abcd', ''],
  hop: HOPS,
  list: [...IDS, ...ODD_IDS, ...AD_HOC],
  next: HOPS,
  referred: PARTIES,
  route: ['main', 'rules', ''],
  rule: ['1', 'otherwise', ''],
  step: NUMBERS,
  tried: TRIED,
})

const SAID = some({
  CallerName: ['Bob'],
  CallStatus: STATUSES,
  DialBridged: ['true', 'false'],
  DialCallDuration: NUMBERS,
  DialCallSid: ['CA1', 'CA2'],
  DialCallStatus: STATUSES,
  DialSipResponseCode: ['200', '404', '486', '487', '503', '600', '99', ...NUMBERS],
  Digits: ['1', '2', 'hangup'],
  From: PARTIES,
  ParentCallSid: ['CA1', 'CA2'],
  ReferTransferTarget: PARTIES,
  To: PARTIES,
})

t.test('whatever a plan holds and Twilio says, a call gets TwiML', async (t) => {
  const { post, get, lines } = serviceOn(JUNGLE)
  for (const path of ['voice', 'dialed', 'recorded', 'outbound', 'refer', 'screen', 'status', 'recording']) {
    const answers = fc.asyncProperty(PLANS, SAID, fc.boolean(), async function isTwiml(plan, said, posted) {
      const target = `/${path}?x=1&${new URLSearchParams(plan)}`
      const { statusCode, body } = await (posted ? post : get)(target, webhook(said))
      const silent = path === 'status' || path === 'recording'
      assert.equal(statusCode, silent ? 204 : 200)
      if (!silent) assert.deepEqual(complaintsOf(body), [])
      for (const { level, outcome, hops = [] } of lines.splice(0)) {
        assert(Number(level) < 50)
        for (const said of [outcome, ...(hops as { outcome: unknown }[]).map((hop) => hop.outcome)])
          assert.match(String(said), /^\w+$/)
      }
    })
    await fc.assert(answers, { numRuns: cases(100) })
    t.pass(path)
  }
})

t.test('recordings are noted and their actions go on', async (t) => {
  const { post, lines } = serviceOn(configOf('default: [{ record: true }, { say: thanks }]'))
  const twiml = (await post('/voice', webhook())).body
  t.match((await post(actionOf(twiml), webhook({ RecordingUrl: 'https://x' }))).body, '<Say>thanks</Say>')
  t.equal(
    (await post('/recording', webhook({ RecordingSid: 'RE1', RecordingStatus: 'completed' }))).statusCode,
    204,
  )
  t.match(lines.at(-1), { msg: 'recording', recordingSid: 'RE1', status: 'completed' })
})

t.test('a Dial without a plan is treated as a new call', async (t) => {
  const { post, get } = serviceOn()
  t.match((await post('/dialed', webhook({ DialCallStatus: 'failed' }))).body, '@a.example.com')
  const action = actionOf((await post('/voice', webhook())).body)
  t.match((await get(action, webhook({ DialCallStatus: 'failed' }))).body, '@b.example.com')
})

t.test('a warning of a decision is logged with its call', async (t) => {
  const { post, lines } = serviceOn(
    configOf('routes: [{ to: "+15551230001", dial: "sip:a.example.com", callerId: "{{CallerName}}" }]'),
  )
  await post('/voice', webhook({ CallerName: 'Jo Doe' }))
  t.match(lines[0], { level: 40, callSid: webhook().CallSid, msg: /caller id/ })
})

t.test('the oldest call is forgotten first', async (t) => {
  const book = new CallBook()
  for (let at = 0; at <= 10_000; at += 1) book.open(`CA${at}`, NOW)
  t.equal(book.find('CA0'), undefined)
  t.ok(book.find('CA1'))
})
