import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import type { Service } from '../../routes/service.js'
import { parseForm } from '../../src/twilio/form.js'
import { ACCOUNT, TOKEN, webhook } from '../harness/build.js'
import { BASE, CONFIG, NOW, serviceOn } from '../harness/signed-service.js'

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
    'x-twilio-signature': sdk.getExpectedTwilioSignature(TOKEN, url, webhook()),
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
  const { app, lines, service } = serviceOn()
  for (let at = 0; at < 25; at += 1) await app.inject({ method: 'GET', url: '/voice' })
  t.match(await service.meters.registry.metrics(), /failures_total\{reason="not-examined"\} 5\n/)
  t.equal(lines.length, 20)
})

/** What a request of Twilio's has that no route takes. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const PROXY = { ...FORM, 'user-agent': 'TwilioProxy/1.1' }

t.test('what looks like a webhook and is refused is logged with where this config listens', async (t) => {
  const { app, lines, service, post } = serviceOn()
  const payload = new URLSearchParams(webhook()).toString()
  const send = (url: string, more: object = {}) =>
    app.inject({ method: 'POST', url, payload, headers: FORM, ...more })
  const listens = `${BASE}/voice`
  const cases: readonly [() => Promise<{ statusCode: number }>, number, object][] = [
    [
      () => send('/'),
      404,
      { reason: 'path', path: '/', method: 'POST', listens, help: /URL of the number at Twilio to/ },
    ],
    [() => send('/webhooks/voice?tenant=s3cret'), 404, { reason: 'path', path: '/webhooks/voice' }],
    [() => send('/x', { payload: 'a=1', headers: PROXY }), 404, { reason: 'path', status: 404 }],
    [() => send('/x', { payload: '', headers: { 'x-twilio-signature': 'x' } }), 404, { reason: 'path' }],
    [
      () => send('/x?CallSid=CA1', { method: 'GET', payload: undefined }),
      404,
      { reason: 'path', path: '/x' },
    ],
    [() => send('/voice/', { method: 'PUT' }), 404, { reason: 'method', method: 'PUT', help: /to POST/ }],
    [() => send('/voice'), 403, { reason: 'no-signature', listens, help: /authTokens has the auth token/ }],
    [() => send('/voice', { payload: 'a=%zz', headers: PROXY }), 400, { reason: /percent/, help: /proxy/ }],
    [() => send('/voice/%zz', { headers: PROXY }), 400, { reason: 'path' }],
    [
      () => post('/voice', { AccountSid: ACCOUNT }),
      400,
      { msg: /parameters CallSid, To are missing/, help: /brings/ },
    ],
  ]
  for (const [at, [sent, status, line]] of cases.entries()) {
    t.equal((await sent()).statusCode, status)
    t.match(lines[at], { level: 40, ...line })
  }
  t.equal((await post('/voice', { AccountSid: ACCOUNT })).body, 'the parameters CallSid, To are missing\n')
  t.notMatch(JSON.stringify(lines), /s3cret/)
  const metrics = await service.meters.registry.metrics()
  for (const [reason, count] of Object.entries({ path: 6, method: 1, signature: 1, body: 1, parameters: 2 }))
    t.match(metrics, `dialsip_refused_webhooks_total{reason="${reason}"} ${count}\n`)
})

t.test('other requests are logged only at a path of ours', async (t) => {
  const { app, lines, service } = serviceOn()
  for (const url of ['/', '/.env', '/webhooks/voice'])
    t.equal(
      (await app.inject({ method: 'POST', url, payload: 'a=1&b=CallSid', headers: FORM })).statusCode,
      404,
    )
  await app.inject({ method: 'PUT', url: '/voice' })
  t.same(lines, [])
  await app.inject({ method: 'GET', url: '/voice' })
  t.match(lines, [{ reason: 'no-signature', help: undefined }])
  t.match(await service.meters.registry.metrics(), 'refused_webhooks_total{reason="signature"} 0\n')
})

t.test('of many refusals some are logged, and the number of the others', async (t) => {
  const clock = { now: 1_000_000 }
  const { app, lines, service } = serviceOn(CONFIG, { now: () => clock.now })
  const send = (url = '/x') => app.inject({ method: 'GET', url, headers: PROXY })
  for (let at = 0; at < 30; at += 1) await send(`/${'x'.repeat(5000)}\u202e`)
  t.equal(lines.length, 20)
  t.ok(JSON.stringify(lines).length < 20 * 600, 'a long path is cut')
  clock.now += 999
  await send()
  t.equal(lines.length, 20)
  clock.now += 1
  await send()
  await send()
  t.match(lines.at(-1), { leftOut: 11, path: '/x' })
  clock.now -= 5_000
  await send()
  clock.now += 60_000
  await send()
  t.equal(lines.length, 22)
  t.match(lines.at(-1), { leftOut: 2 })
  t.match(await service.meters.registry.metrics(), 'refused_webhooks_total{reason="path"} 35\n')
})

t.test('help is given until the first webhook that is answered, then once a minute', async (t) => {
  const clock = { now: NOW }
  const { app, lines, post } = serviceOn(CONFIG, { now: () => clock.now })
  const helps = async () => {
    await app.inject({ method: 'GET', url: '/x', headers: PROXY })
    return lines.at(-1)!.help !== undefined
  }
  t.same([await helps(), await helps()], [true, true])
  await post('/voice', { AccountSid: ACCOUNT })
  t.same([await helps(), await helps()], [true, true], 'it was signed, and not answered')
  await post('/voice', webhook())
  t.equal(await helps(), false)
  clock.now += 60_000
  t.same([await helps(), await helps()], [true, false])
})

t.test('help names what is wrong with publicUrl', async (t) => {
  const cases = [
    ['/voice', '/voice', /publicUrl ends in \/voice.*: write publicUrl: https:\/\/voice\.example\.com$/],
    ['/twilio', '/voice', /has the path \/twilio, which was not asked for/],
    [
      '/twilio',
      '/hook',
      /^set the URL of the number at Twilio to https:\/\/voice\.example\.com\/twilio\/voice;/,
    ],
  ] as const
  for (const [path, asked, help] of cases) {
    const { publicUrl } = CONFIG
    const { app, lines } = serviceOn({ ...CONFIG, publicUrl: { ...publicUrl, path, href: BASE + path } })
    await app.inject({ method: 'POST', url: asked, headers: PROXY, payload: '' })
    t.match(lines, [{ help }])
  }
})

t.test('an error of ours in the check is not a refusal', async (t) => {
  const { post, lines, service } = serviceOn()
  service.active = { ...service.active, keys: undefined as never }
  const { statusCode, body } = await post('/voice', webhook())
  t.same([statusCode, body], [500, ''])
  t.match(lines, [{ level: 50, path: '/voice', msg: 'request failed' }])
  t.match(await service.meters.registry.metrics(), 'refused_webhooks_total{reason="body"} 0\n')
})

t.test('a log that fails costs no answer', async (t) => {
  const broken = () => {
    throw new Error('no space')
  }
  const { app } = serviceOn(CONFIG, { log: pino({}, { write: broken }) })
  t.equal((await app.inject({ method: 'GET', url: '/x', headers: PROXY })).statusCode, 404)
})

t.test('a form at an unknown path is read no further than needed', async (t) => {
  const { app, lines } = serviceOn()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const head = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n'
  const long = connect(port, '127.0.0.1')
  long.write(`${head}Content-Length: 9000000\r\n\r\nCallSid=CA1&${'x'.repeat(9000)}`)
  t.match(String((await once(long, 'data'))[0]), /^HTTP\/1.1 404 /)
  long.destroy()
  const gone = connect(port, '127.0.0.1')
  gone.end(`${head}Content-Length: 90\r\n\r\nCallSid=CA1`)
  await once(gone.resume(), 'close')
  t.match(lines[0], { reason: 'path' })
})

t.test('at an unknown path no body gets another answer than 404, without words', async (t) => {
  const { app, lines } = serviceOn()
  const bodies = ['{"a":', 'x'.repeat(100_000)]
  for (const payload of bodies) {
    const headers = { ...PROXY, 'content-type': 'application/json' }
    const reply = await app.inject({ method: 'POST', url: '/x', payload, headers })
    t.same([reply.statusCode, reply.body], [404, ''])
  }
  t.match(lines, [{ reason: 'path' }, { reason: 'path' }])
})

t.test('a request that is not a webhook gets 4xx and one line', async (t) => {
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

t.test('a request that is not HTTP gets a plain 400', async (t) => {
  const { app } = serviceOn()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1.1 400 Bad Request\r\n(?!.*json)/s)
})

t.test('a slash at the end is the same path', async (t) => {
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
  const target = `/voice?bodySHA256=${sdk.getExpectedBodyHash(payload)}`
  const signature = sdk.getExpectedTwilioSignature(TOKEN, BASE + target, {})
  const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature }
  return { target, payload, headers }
}

function keptOf({ book }: Service) {
  const [kept] = book.webhooksOf(book.find(webhook().CallSid!)!)
  return parseForm(kept!.form)
}

t.test('a request without a body is signed by its URL alone', async (t) => {
  const { app } = serviceOn()
  const headers = { 'x-twilio-signature': sdk.getExpectedTwilioSignature(TOKEN, `${BASE}/voice`, {}) }
  t.equal(
    (await app.inject({ method: 'POST', url: '/voice', headers })).statusCode,
    403,
    'it names no account',
  )
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

t.test('the check of signatures can be turned off', async (t) => {
  const { app } = serviceOn({ ...CONFIG, insecureSkipSignature: true })
  const payload = new URLSearchParams(webhook()).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  t.equal((await app.inject({ method: 'POST', url: '/voice', payload, headers })).statusCode, 200)
})
