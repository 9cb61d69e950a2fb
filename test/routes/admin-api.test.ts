import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { pino } from 'pino'
import t from 'tap'
import { startServer } from '../../bin/server.js'
import { foreignReason } from '../../routes/admin/foreign.js'
import { adminApp } from '../../routes/admin-app.js'
import { createService, stateAt } from '../../routes/service.js'
import type { Config } from '../../src/model/config.js'
import { configOf } from '../harness/build.js'
import { runIn } from '../harness/run.js'
import { SERVED, serving } from '../harness/serving.js'

function adminOn(config: Config) {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
  const service = createService(config, log)
  const app = adminApp(service, () => ({ ready: true, why: 'ok' }))
  t.teardown(() => app.close())
  return { app, service, lines }
}

const CONFIG = configOf(`
admin: { tokens: [first-token-of-two, second-token-of-two] }
endpoints: { a: { uri: "sip:a.example.com", password: s3cret-pass, username: u } }
routes: [{ to: "+15551230001", dial: a }]
`)

t.test('the config is shown without its secrets', async (t) => {
  const { app } = adminOn(configOf('endpoints: { a: { uri: "sip:a.example.com", password: s3cret-pass } }'))
  const reply = await app.inject('/api/config')
  t.match(reply.json(), {
    publicUrl: 'https://voice.example.com',
    routes: 0,
    endpoints: [{ name: 'a', address: 'sip:a.example.com' }],
  })
  t.notMatch(reply.body, /s3cret-pass|12345/)
})

t.test('an endpoint shows its URI as the config has it, secrets masked', async (t) => {
  const { app } = adminOn(
    configOf(`
endpoints:
  a: { uri: "sip:{{To}}@A.example.com;transport=tls", region: de1, headers: { X-Key: "\${KEY:-s3cret-key}", X-From: "{{From}}" } }
  b: { uri: "sip:jack:hush@b.example.com" }
`),
  )
  const addresses = async (url: string) =>
    (await app.inject(url)).json().endpoints.map(({ address }: { address: string }) => address)
  const expected = [
    'sip:{{To}}@a.example.com;transport=tls;region=de1?X-Key=***&X-From={{From}}',
    'sip:jack:***@b.example.com',
  ]
  for (const url of ['/api/endpoints', '/api/config']) t.same(await addresses(url), expected, url)
})

t.test('a query parameter that is not known is refused', async (t) => {
  const { app } = adminOn(CONFIG)
  const headers = { authorization: 'Bearer first-token-of-two' }
  const error = async (url: string) => {
    const reply = await app.inject({ url, headers })
    t.equal(reply.statusCode, 400)
    return reply.json().error
  }
  t.equal(
    await error('/api/explain?to=%2B15551230001&form=%2B49'),
    'there is no parameter "form" here, only to, from, account, at, param, outcome, down, drained, up; did you mean "from"?',
  )
  t.equal(
    await error('/api/calls?max=5'),
    'there is no parameter "max" here, only limit, number, outcome, route, endpoint',
  )
  t.match(await error(`/api/calls/CA1?${'x'.repeat(500)}=1`), /"x{100}…" here, only account$/)
})

t.test('an endpoint that does not exist is refused with the name that was meant', async (t) => {
  const { app } = adminOn(configOf('endpoints: { frankfurt: { uri: "sip:a.example.com" } }'))
  const said = async (name: string) => {
    const reply = await app.inject({ method: 'POST', url: `/api/endpoints/${name}/drain`, payload: {} })
    return [reply.statusCode, reply.json()]
  }
  t.same(await said('frankfrt'), [
    404,
    { error: 'no endpoint is called "frankfrt"; did you mean "frankfurt"?' },
  ])
  t.same(await said('z'), [404, { error: 'no endpoint is called "z"; there is only frankfurt' }])
})

t.test('a token is asked for where there is one', async (t) => {
  const { app } = adminOn(CONFIG)
  const status = async (authorization?: string) =>
    (await app.inject({ url: '/api/config', headers: authorization === undefined ? {} : { authorization } }))
      .statusCode
  t.equal(await status(), 401)
  t.equal(await status('Bearer wrong'), 401)
  t.equal(await status('Bearer first-token-of-twX'), 401)
  t.equal(await status('Bearer first-token-of-two'), 200)
  t.equal(await status('bearer second-token-of-two'), 200)
  for (const url of ['/livez', '/readyz', '/metrics', '/nothing'])
    t.equal((await app.inject(url)).statusCode, 401, url)
})

t.test('errors of the admin API are JSON and show no internals', async (t) => {
  const { app, service, lines } = adminOn(configOf(''))
  t.same((await app.inject('/nothing')).json(), { error: 'there is no GET /nothing' })
  const broken = await app.inject({
    method: 'POST',
    url: '/api/config',
    payload: '{',
    headers: { 'content-type': 'application/json' },
  })
  t.match([broken.statusCode, broken.json()], [400, { error: /JSON/ }])
  service.active = undefined as never
  t.same((await app.inject('/api/config')).json(), { error: 'internal error, see the log' })
  t.match(lines, [{ level: 50, msg: 'the admin API failed' }])
})

interface Sent {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** A request with headers that `fetch` does not let one write. */
async function send(url: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  const sent = request(url, { method, headers })
  sent.end(body)
  const [reply] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: reply.statusCode, answer: (await json(reply)) as { error?: string } }
}

const ONE = 'endpoints: { a: { uri: "sip:a@a.example.com" } }'

t.test('another site reads nothing by DNS rebinding', async (t) => {
  const { adminAddress } = await serving(t, ONE)
  for (const url of ['/api/calls', '/metrics', '/livez', '/nothing'])
    t.match(await send(adminAddress + url, { headers: { host: 'rebound.example.com' } }), {
      status: 403,
      answer: { error: /^Host "rebound\.example\.com" is not a name .* admin\.hosts$/ },
    })
})

t.test('a form or a script of another site drains nothing and places no call', async (t) => {
  const { adminAddress, service, lines } = await serving(t, ONE)
  const drain = `${adminAddress}/api/endpoints/a/drain`
  const foreign: OutgoingHttpHeaders[] = [
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    const typed = { ...headers, 'content-type': 'application/json' }
    t.equal((await send(drain, { method: 'POST', headers: typed, body: '{}' })).status, 403)
  }
  const types = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']
  for (const type of [...types, 'text/plain; application/json', 'application/jsonp']) {
    for (const url of [drain, `${adminAddress}/api/calls`]) {
      const form = { method: 'POST', headers: { 'content-type': type }, body: '{"reason":"x"}' }
      t.match(await send(url, form), { status: 415, answer: { error: /application\/json/ } }, type)
    }
  }
  t.equal((await send(drain, { method: 'POST', body: '{}' })).status, 415, 'a body without a type')
  t.equal(stateAt(service, service.now()).standing('a'), 'up')
  t.notMatch(lines, [{ endpoint: 'a' }])
})

t.test('the page of the listener itself and curl are let in', async (t) => {
  const { adminAddress } = await serving(t, ONE)
  const { host, port } = new URL(adminAddress)
  const own: OutgoingHttpHeaders[] = [
    { 'user-agent': 'curl/8.5.0', accept: '*/*' },
    { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    { host: '[::1]:9090' },
  ]
  for (const headers of own) {
    const typed = { ...headers, 'content-type': 'application/json; charset=utf-8' }
    const body = '{"reason":"upgrade"}'
    const drained = await send(`${adminAddress}/api/endpoints/a/drain`, {
      method: 'POST',
      headers: typed,
      body,
    })
    t.match(drained, { status: 200, answer: { state: 'drained' } })
    t.equal((await send(`${adminAddress}/api/endpoints/a/restore`, { method: 'POST', headers })).status, 200)
  }
})

t.test('a listener answers by its configured names and by the address it was reached at', (t) => {
  const { hosts } = configOf(
    'admin: { listen: "Dialsip.internal:9090", hosts: [dialsip-admin., "2001:db8::1"], tokens: ["${ADMIN:-sixteen-letters!}"] }',
  ).admin!
  const reason = (host: string | undefined, localAddress = '10.244.1.7') =>
    foreignReason({ headers: { host }, socket: { localAddress } } as never, hosts)
  const own = [
    'dialsip.internal',
    'DIALSIP-ADMIN:9090',
    'dialsip-admin.:80',
    '[2001:DB8::1]:9090',
    '10.244.1.7:9090',
  ]
  for (const host of own) t.equal(reason(host), undefined, host)
  t.equal(reason('10.244.1.7:9090', '::ffff:10.244.1.7'), undefined, 'IPv4 on a listener for both')
  const foreign = [
    '10.244.1.8:9090',
    'dialsip-admin.evil.example',
    'evil@127.0.0.1',
    '127.0.0.1/',
    '0.0.0.0',
    '',
  ]
  for (const host of foreign) t.match(reason(host), /^Host /, host)
  t.match(reason(undefined), /^Host ""/)
  t.equal(foreignReason({ headers: { host: 'localhost' }, socket: {} } as never, hosts), undefined)
  t.end()
})

t.test('with admin: off only the public listener is there', async (t) => {
  const config = configOf('listen: 127.0.0.1:0\nadmin: off')
  const server = await startServer(config, pino({ level: 'silent' }))
  t.teardown(() => server.close())
  t.equal(server.adminAddress, undefined)
  t.equal((await fetch(`${server.address}/livez`)).status, 200)
  const file = `${t.testdir({ 'dialsip.yaml': SERVED.replace(/admin: .*/, 'admin: off') })}/dialsip.yaml`
  t.match(await runIn({ TOKEN: 'x' })('endpoints', '-c', file), {
    code: 2,
    stderr: /dialsip\.yaml has admin: off, so its server has no admin listener/,
  })
})
