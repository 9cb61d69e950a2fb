import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { pino } from 'pino'
import t from 'tap'
import twilio from 'twilio'
import { publicApp } from '../../routes/public-app.js'
import { createService, type Service } from '../../routes/service.js'
import { WebhookBatch } from '../../routes/webhook-batch.js'
import { CallBook } from '../../src/calls/call-book.js'
import { loadConfig } from '../../src/config/load.js'
import { parseForm } from '../../src/twilio/form.js'
import { ACCOUNT, configOf, files, HEAD, TOKEN, webhook } from '../harness/build.js'
import { until } from '../harness/serving.js'
import { complaintsOf } from '../oracles/twiml.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')
const BASE = 'https://voice.example.com'

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: many, to: "+1555*", dial: b, screen: true, referUrl: true }
default: { reject: busy }
`)

/** A service on a given config, and everything it has logged. */
function serviceOn(config = CONFIG, more: Partial<Service> = {}) {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const service = createService(config, log, { now: () => NOW, ...more })
  const app = publicApp(service, () => ({ ready: true, why: 'ok' }))
  t.teardown(() => app.close())
  return { app, service, lines, post, get }

  /** A webhook as Twilio sends it, signed by Twilio's own SDK. */
  function post(target: string, params: Record<string, string>, headers: Record<string, string> = {}) {
    const signature = twilio.getExpectedTwilioSignature(TOKEN, BASE + target, params)
    return app.inject({
      method: 'POST',
      url: target,
      payload: new URLSearchParams(params).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signature,
        ...headers,
      },
    })
  }

  function get(path: string, params: Record<string, string>) {
    const target = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(params)}`
    const signature = twilio.getExpectedTwilioSignature(TOKEN, BASE + target, {})
    return app.inject({ method: 'GET', url: target, headers: { 'x-twilio-signature': signature } })
  }
}

/** The path and query of the `action` of a document. */
function actionOf(twiml: string): string {
  return /action="https:\/\/voice\.example\.com([^"]*)"/.exec(twiml)![1]!.replaceAll('&amp;', '&')
}

function referUrlOf(twiml: string): string {
  return /referUrl="https:\/\/voice\.example\.com([^"]*)"/.exec(twiml)![1]!.replaceAll('&amp;', '&')
}

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
    const signature = twilio.getExpectedTwilioSignature(TOKEN, `${base}/voice`, webhook())
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

t.test('a webhook that Twilio repeats rings nobody once more', async (t) => {
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

t.test('an error of ours leaves the call to what stands behind it', async (t) => {
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

t.test('a good decision goes out although it cannot be noted', async (t) => {
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

t.test('what is not signed by Twilio gets 403 and nothing else', async (t) => {
  const { app, post, lines } = serviceOn()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams(webhook()).toString()
  for (const path of ['/voice', '/dialed', '/recorded', '/status', '/screen', '/refer', '/recording']) {
    const reply = await app.inject({ method: 'POST', url: path, payload, headers: form })
    t.same([reply.statusCode, reply.body], [403, ''], path)
    t.equal((await app.inject({ method: 'GET', url: `${path}?AccountSid=${ACCOUNT}` })).statusCode, 403)
  }
  t.equal((await post('/voice', webhook(), { 'x-twilio-signature': 'wrong' })).statusCode, 403)
  t.equal((await post('/voice', webhook({ AccountSid: 'ACother' }))).statusCode, 403)
  t.match(lines[0], { reason: 'no-signature', path: '/voice' })
})

t.test('the log says which variant would have matched', async (t) => {
  const { post, lines } = serviceOn()
  const signedFor = (url: string) => ({
    'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, webhook()),
  })
  await post('/voice?x=secret', webhook(), signedFor('http://voice.example.com/voice?x=secret'))
  await post('/voice', webhook(), {
    ...signedFor('https://other.example.com/voice'),
    host: 'other.example.com',
  })
  t.match(lines, [{ reason: 'other-scheme', path: '/voice' }, { reason: 'other-host' }])
  t.notMatch(JSON.stringify(lines), /secret/)
})

t.test('a flood of wrong signatures is not examined one by one', async (t) => {
  const { app, lines } = serviceOn()
  for (let at = 0; at < 25; at += 1) await app.inject({ method: 'GET', url: '/voice' })
  t.equal(lines.filter((line) => line.reason === 'not-examined').length, 5)
})

t.test('what is no webhook gets 4xx and one line', async (t) => {
  const { app, lines } = serviceOn()
  const send = (payload: string | Buffer, type = 'application/x-www-form-urlencoded') =>
    app.inject({ method: 'POST', url: '/voice', payload, headers: { 'content-type': type } })
  const cases: readonly [string | Buffer, string | undefined, number][] = [
    [Buffer.from([0x61, 0x3d, 0xff]), undefined, 400],
    ['a', undefined, 403],
    ['a=%zz', undefined, 400],
    ['a=%ff', undefined, 400],
    ['__proto__=1', undefined, 400],
    ['a=1&'.repeat(501), undefined, 400],
    [`a=${'x'.repeat(65_536)}`, undefined, 413],
    ['{"a":1}', 'text/plain', 415],
    ['{"a":1', 'application/json', 400],
    ['[1]', 'application/json', 403],
    ['null', 'application/json', 400],
  ]
  for (const [payload, type, status] of cases) {
    const reply = await send(payload, type)
    t.same([reply.statusCode, reply.body], [status, ''], String(payload.slice(0, 20)))
  }
  t.equal(lines.length, cases.length)
  t.equal((await app.inject({ method: 'GET', url: '/voice?__proto__=1' })).statusCode, 400)
  t.equal((await app.inject({ method: 'PUT', url: '/voice' })).statusCode, 404)
  t.equal((await app.inject({ method: 'GET', url: '/nothing' })).body, '')
  const badUrl = await app.inject({ method: 'GET', url: '/voice/%zz' })
  t.same([badUrl.statusCode, badUrl.body], [400, ''])
})

t.test('what is no HTTP gets a plain 400', async (t) => {
  const { app } = serviceOn()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1.1 400 Bad Request\r\n(?!.*json)/s)
})

t.test('a slash at the end is no other path', async (t) => {
  const { post } = serviceOn()
  t.match((await post('/voice/', webhook())).body, '@a.example.com')
})

t.test('a signed webhook without a needed parameter gets 400', async (t) => {
  const { post } = serviceOn()
  const { To: _, ...withoutTo } = webhook()
  t.same(
    [(await post('/voice', withoutTo)).statusCode, (await post('/voice', withoutTo)).body],
    [400, 'the parameter To is missing\n'],
  )
  const { From: __, ...withoutFrom } = webhook()
  t.equal((await post('/voice', withoutFrom)).statusCode, 200)
})

t.test('a JSON body is checked by its hash', async (t) => {
  const { app, postJson } = withJson()
  const { target, payload, headers } = signedJson({ ...webhook(), Extra: 7 })
  t.match((await postJson({ ...webhook(), Extra: 7 })).body, '@a.example.com')
  t.equal(
    (await app.inject({ method: 'POST', url: target, payload: `${payload} `, headers })).statusCode,
    403,
  )
  t.equal((await postJson(JSON.parse('{"__proto__": "x"}'))).statusCode, 400)
  t.equal(
    (await postJson(Object.fromEntries(Array.from(Array(501).keys(), (at) => [at, ''])))).statusCode,
    400,
  )
})

t.test('parameters are kept however they came', async (t) => {
  const { get, service } = serviceOn()
  const { postJson, service: other } = withJson()
  await get('/voice', webhook())
  await postJson({ ...webhook(), CallerName: 'Jörg & “Ute”', Extra: 7 })
  t.match(keptOf(service), webhook())
  t.match(keptOf(other), { ...webhook(), CallerName: 'Jörg & “Ute”' })
})

function withJson() {
  const on = serviceOn()
  return { ...on, postJson }

  function postJson(value: object) {
    const { target, payload, headers } = signedJson(value)
    return on.app.inject({ method: 'POST', url: target, payload, headers })
  }
}

function signedJson(value: object) {
  const payload = JSON.stringify(value)
  const target = `/voice?bodySHA256=${twilio.getExpectedBodyHash(payload)}`
  const signature = twilio.getExpectedTwilioSignature(TOKEN, BASE + target, {})
  const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature }
  return { target, payload, headers }
}

function keptOf({ book }: Service) {
  const [kept] = book.webhooksOf(book.find(webhook().CallSid!)!)
  return parseForm(kept!.form)
}

t.test('a request without a body is signed by its URL alone', async (t) => {
  const { app } = serviceOn()
  const headers = { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, `${BASE}/voice`, {}) }
  t.equal(
    (await app.inject({ method: 'POST', url: '/voice', headers })).statusCode,
    403,
    'it names no account',
  )
})

t.test('each token of an account is accepted', async (t) => {
  const head = HEAD.replace('"${TOKEN}"', '"old-token", "${TOKEN}"')
  t.match(head, 'old-token')
  const { post } = serviceOn({
    ...CONFIG,
    accounts: [{ ...CONFIG.accounts[0]!, authTokens: ['old-token', TOKEN] }],
  })
  t.equal((await post('/voice', webhook())).statusCode, 200)
  const old = twilio.getExpectedTwilioSignature('old-token', `${BASE}/voice`, webhook())
  t.equal((await post('/voice', webhook(), { 'x-twilio-signature': old })).statusCode, 200)
})

const OTHER = `AC${'b'.repeat(32)}`

/** Two accounts on one dialsip: `a`, `spare` and the numbers of `main` are the first one's. */
const APART = loadConfig(
  '/etc/dialsip.yaml',
  files({
    'dialsip.yaml': `
publicUrl: ${BASE}
accounts:
  - { name: production, sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }
  - { name: sandbox, sid: ${OTHER}, authTokens: [other-token] }
defaults: { account: production, otherwise: { hangup: true } }
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: s3cret-pass }
  b: { uri: "sip:{{To}}@b.example.com" }
  spare: { uri: sip:spare@a.example.com, username: u, password: s3cret-pass }
  shared: { uri: sip:shared@c.example.com }
groups: { both: [a, b], ours: [b, shared] }
numbersFrom: numbers.csv
actions:
  toSpare: { dial: spare, otherwise: { hangup: true } }
  voicemail: { record: true, say: secret word }
  wordless: { say: Bye }
rules: [{ name: unknown, if: { from: anonymous }, dial: shared, otherwise: { hangup: true } }]
routes:
  - name: main
    to: "+15551230001"
    dial: [{ ring: [a, b] }, { split: { a: 1, shared: 1 } }]
    screen: { say: hush, accept: 1 }
    otherwise: [{ say: hush }, voicemail]
  - { name: lab, account: [sandbox], to: ["+15551230002", "+1777*"], dial: b, referUrl: true, otherwise: voicemail }
  - { name: all, account: [sandbox, ${ACCOUNT}], to: "+15551230003", dial: [shared, b] }
default: { reject: busy }
`,
    'numbers.csv': 'number,endpoint,To\n+15551230004,a,hush\n',
  }),
).config!

/** What one account gets at a target, signed with its own token. */
function accountOn(service: ReturnType<typeof serviceOn>, AccountSid: string, token: string) {
  return async function ask(target: string, params: Record<string, string> = {}) {
    const sent = webhook({ ...params, AccountSid })
    const signature = twilio.getExpectedTwilioSignature(token, BASE + target, sent)
    return (await service.post(target, sent, { 'x-twilio-signature': signature })).body
  }
}

t.test('a number of another account is like one that nobody claims', async (t) => {
  const server = serviceOn(APART)
  const [production, sandbox] = [accountOn(server, ACCOUNT, TOKEN), accountOn(server, OTHER, 'other-token')]
  t.match(await production('/voice'), 's3cret-pass')
  t.match(await production('/voice', { To: '+15551230004' }), 's3cret-pass', 'as defaults says')
  for (const To of ['+15551230001', '+15551230004']) {
    t.match(await sandbox('/voice', { To }), '<Reject reason="busy"/>')
    t.match(await sandbox('/dialed', { To }), '<Reject reason="busy"/>', 'without a plan')
  }
  t.match(server.lines.at(-1), {
    msg: 'route endpoint:a is for account production, not for sandbox',
    account: OTHER,
    route: '',
  })
  t.match(await sandbox('/voice', { To: '+15551230002' }), '@b.example.com')
  t.match(await production('/voice', { To: '+15551230002' }), '<Reject reason="busy"/>')
  for (const ask of [production, sandbox])
    t.match(await ask('/voice', { To: '+15551230003' }), 'shared@c.example.com')
})

t.test('no URL that another account signs leads to what is not its own', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const production = accountOn(server, ACCOUNT, TOKEN)
  const document = await production('/voice')
  const failed = { DialCallStatus: 'failed', DialCallSid: 'CA8' }
  const screen = /<Sip url="https:\/\/voice\.example\.com([^"]*)"/
    .exec(document)![1]!
    .replaceAll('&amp;', '&')
  t.match(await production(screen, { ParentCallSid: 'CA1' }), 'hush')
  const targets = [
    actionOf(document),
    screen,
    '/dialed?dial=main&hop=a&next=a',
    '/dialed?dial=lab&hop=b&next=a%5Espare&route=lab',
    '/dialed?dial=%40toSpare&hop=spare&route=lab&next=spare',
    '/dialed?dial=gone&hop=gone&next=a%5Espare%5Ea%7Cb',
    '/recorded?list=main%2Fotherwise&step=0&route=main',
    '/outbound?route=main',
    '/outbound?dial=%40outbound%3Aa',
    '/outbound?dial=%40outbound%3Aboth',
    '/outbound?dial=%40outbound%3Aa%7Cspare',
  ]
  for (const target of targets) {
    for (const To of ['+15551230001', '+15551230002']) {
      const twiml = await sandbox(target, { To, ...failed })
      t.match(twiml, '<Response>', target)
      t.notMatch(twiml, /s3cret-pass|@a\.example\.com|hush/, target)
    }
  }
  const refer = '/refer?dial=lab&hop=b&route=lab'
  t.notMatch(await sandbox(refer, { ReferTransferTarget: '<sip:+15551230001@x>' }), 's3cret-pass')
  t.match(await sandbox(refer, { ReferTransferTarget: '<sip:+17771@x>' }), '@b.example.com')
  const warned = server.lines.filter(({ level }) => level === 40).map(({ msg }) => msg)
  t.ok(warned.includes('route main is for account production, not for sandbox'))
})

t.test('an account goes on with its own calls on every path', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const lab = { To: '+15551230002', DialCallStatus: 'no-answer' }
  const voicemail = await sandbox(actionOf(await sandbox('/voice', lab)), lab)
  t.match(voicemail, 'secret word')
  t.match(await sandbox(actionOf(voicemail), lab), '<Hangup/>')
  t.match(await sandbox('/outbound?route=lab', lab), '@b.example.com')
  t.match(await sandbox('/outbound?dial=%40outbound%3Aours', lab), '@b.example.com')
  t.match(await sandbox('/dialed?dial=gone&hop=gone&next=shared', lab), 'shared@c.example.com')
})

t.test('the rules of the config are for all accounts', async (t) => {
  const server = serviceOn(APART)
  for (const ask of [accountOn(server, ACCOUNT, TOKEN), accountOn(server, OTHER, 'other-token')]) {
    const From = 'anonymous'
    t.match(await ask('/voice', { From }), 'sip:shared@c.example.com')
    t.match(await ask('/voice', { From, To: '+15550000000' }), 'sip:shared@c.example.com')
  }
})

t.test('an account cannot eject or release what others ring', async (t) => {
  const server = serviceOn(APART)
  const sandbox = accountOn(server, OTHER, 'other-token')
  const production = accountOn(server, ACCOUNT, TOKEN)
  for (const hop of ['a', 'b'])
    for (const DialCallSid of ['CA1', 'CA2', 'CA3'])
      await sandbox(`/dialed?dial=main&hop=${hop}`, {
        DialCallStatus: 'failed',
        DialCallSid: DialCallSid + hop,
      })
  t.equal(server.service.health.standing('a', NOW), 'up')
  t.equal(server.service.health.standing('b', NOW), 'ejected', 'both ring it')
  const answered = { ParentCallSid: webhook().CallSid!, CallSid: 'CA9', CallStatus: 'in-progress' }
  await sandbox('/status?endpoint=a', answered)
  t.same(server.service.book.find(webhook().CallSid!)?.answered, [])
  await production('/status?endpoint=a', answered)
  t.same(server.service.book.find(webhook().CallSid!)?.answered, ['a'])
})

t.test('a shared key signs as a token does', async (t) => {
  const sharedKeys = { SK1: 'first secret', SK2: 'second secret' }
  const { post, app, lines } = serviceOn({ ...CONFIG, accounts: [{ ...CONFIG.accounts[0]!, sharedKeys }] })
  const hmac = (hash: string, secret: string, text: string) =>
    createHmac(hash, secret).update(text).digest('base64')
  const text = (params: Record<string, string>) =>
    Object.keys(params)
      .sort()
      .reduce((all, name) => all + name + params[name], `${BASE}/voice`)
  const settings = 'x-twilio-webhooks-signature-settings'
  const said = async (key: string, algorithm: string, signature: string) => {
    const headers = { [settings]: `key=${key},algorithm=${algorithm}`, 'x-twilio-signature': signature }
    return (await post('/voice', webhook(), headers)).statusCode
  }
  const [first, second] = Object.values(sharedKeys).map((secret) => hmac('sha256', secret, text(webhook())))
  t.equal(await said('SK1', 'HMAC_SHA256', first!), 200)
  t.equal(await said('SK2', 'HMAC_SHA256', second!), 200)
  t.equal(await said('SK2', 'HMAC_SHA1', hmac('sha1', 'second secret', text(webhook()))), 200)
  t.equal((await post('/voice', webhook())).statusCode, 200, 'a token without the header')
  t.equal(await said('SK1', 'HMAC_SHA256', second!), 403, 'the key of another id')
  t.equal(
    await said('SK1', 'HMAC_SHA1', hmac('sha1', TOKEN, text(webhook()))),
    403,
    'a token as a shared key',
  )
  t.equal(await said('SK1', 'HMAC_MD5', hmac('md5', 'first secret', text(webhook()))), 403)
  t.equal(await said('SK9', 'HMAC_SHA256', first!), 403)
  t.match(lines.at(-1), { reason: 'shared-key', msg: /signed with the shared key SK9, which/ })
  const body = JSON.stringify(webhook())
  const url = `/voice?bodySHA256=${createHash('sha256').update(body).digest('hex')}`
  const send = (payload: string) =>
    app.inject({
      method: 'POST',
      url,
      payload,
      headers: {
        'content-type': 'application/json',
        [settings]: 'key=SK1,algorithm=HMAC_SHA256',
        'x-twilio-signature': hmac('sha256', 'first secret', BASE + url),
      },
    })
  t.equal((await send(body)).statusCode, 200)
  t.equal((await send(`${body} `)).statusCode, 403)
  t.match(lines.at(-1), { reason: 'body' })
})

t.test('a plus that arrives as a blank is warned of', async (t) => {
  const { app, lines } = serviceOn({ ...CONFIG, insecureSkipSignature: true })
  const call = (query: string) => app.inject(`/voice?AccountSid=${ACCOUNT}&CallSid=CA1&${query}`)
  const blank = (name: string) => `${name} begins with a blank: the sender must write + as %2B`
  await call('To=+15551230001&From=+49')
  t.same(
    lines.filter(({ level }) => level === 40).map(({ msg }) => msg),
    [blank('From'), blank('To')],
  )
  lines.length = 0
  await call('To=%2B15551230001&From=%2B4930')
  await call('To=x&From= x')
  t.same(
    lines.filter(({ level }) => level === 40),
    [],
  )
})

t.test('the path of publicUrl stands before every path', async (t) => {
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

t.test('an open connection is answered once more while the server stops', async (t) => {
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
  hop: HOPS,
  list: [...IDS, ...ODD_IDS, ...AD_HOC],
  mark: ['0123abcd', ''],
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
        for (const told of [outcome, ...(hops as { outcome: unknown }[]).map((hop) => hop.outcome)])
          assert.match(String(told), /^\w+$/)
      }
    })
    await fc.assert(answers, { numRuns: 400 })
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

t.test('the check of signatures can be turned off', async (t) => {
  const { app } = serviceOn({ ...CONFIG, insecureSkipSignature: true })
  const payload = new URLSearchParams(webhook()).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  t.equal((await app.inject({ method: 'POST', url: '/voice', payload, headers })).statusCode, 200)
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

/** A turn, what was done in it, and what the event loop would run. */
function turnOf() {
  const loop: (() => void)[] = []
  const turn = new WebhookBatch((run) => loop.push(run))
  const done: string[] = []
  return { loop, done, join, comeIn }

  function join(step: 'check' | 'decide' | 'send', what: string) {
    turn.join(step, () => done.push(what))
  }

  function comeIn(name: string) {
    turn.join('check', function check() {
      done.push(`check ${name}`)
      if (name === 'broken') throw new Error('an error of ours')
      join('send', `send ${name}`)
    })
  }
}

t.test('webhooks that come together take each step together', (t) => {
  const { loop, done, comeIn, join } = turnOf()
  for (const name of ['a', 'b']) comeIn(name)
  join('decide', 'decide c')
  t.same([done, loop.length], [[], 1])
  loop.pop()!()
  t.same(done, ['check a', 'check b', 'decide c', 'send a', 'send b'])
  comeIn('d')
  loop.pop()!()
  t.same(done.slice(5), ['check d', 'send d'])
  t.end()
})

t.test('an error in one webhook leaves the others their turn', (t) => {
  const { loop, done, comeIn } = turnOf()
  for (const name of ['a', 'broken', 'b']) comeIn(name)
  t.throws(() => loop.pop()!(), { message: 'an error of ours' })
  loop.pop()!()
  t.same(done, ['check a', 'check broken', 'check b', 'send a', 'send b'])
  t.end()
})

t.test('the first of many webhooks does not wait for more than 64', (t) => {
  const { done, comeIn } = turnOf()
  for (let at = 0; at < 70; at += 1) comeIn(`${at}`)
  t.equal(done.length, 128)
  t.end()
})
