import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { OutboundCalls } from '../../routes/admin/outbound-calls.js'
import { WORLD } from '../../routes/admin/world.js'
import { loadConfig } from '../../src/config/load.js'
import { IdempotentAnswers } from '../../src/outbound/idempotency.js'
import { Pace } from '../../src/outbound/pace.js'
import { connect } from '../../src/rest/account-api.js'
import { failureOf, NoCredentials, type TwilioFailure, withRetries } from '../../src/rest/failure.js'
import { CALL_PARAMETERS } from '../../src/twilio/call-parameters.js'
import { signatureOf } from '../../src/twilio/signature.js'
import { BASE, build, CALL, configOf, MAIN, parametersOf, SECOND, YAML } from '../harness/placing.js'
import { until } from '../harness/serving.js'
import { startTwilioApi, TOO_MANY } from '../harness/twilio-api.js'

const API = 'https://api.twilio.com'

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

  t.test('places a call and gives its state', async (t) => {
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
    // some go only with a SIP URI, others only with a phone number
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

  t.test('passes on what Twilio refuses', async (t) => {
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

  t.test('ring and split are written in the request as in the config', async (t) => {
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

  t.test('a plan of which nothing fits any more ends the call', async (t) => {
    const gone = at({ route: 'berlin' }).replace('berlin', 'gone')
    for (const url of [gone, at({ route: 'shut' }), at({ dial: 'desk' }).replace(/dial=.*/, 'dial=')])
      t.match(await answer(url), /<Response><Hangup\/><\/Response>/)
    t.match(await answer(at({ dial: 'desk' }).replace('desk', 'gone')), /Sorry/)
    t.match(await answer(at({ route: 'mute' })), /Sip/)
    t.match(await answer(at({ route: 'mute' }), { From: 'x' }), /<Hangup\/>/)
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
