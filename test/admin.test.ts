import { pino } from 'pino'
import t from 'tap'
import { adminApp } from '../routes/admin-app.js'
import { createService } from '../routes/service.js'
import type { Config } from '../src/config/config.js'
import { configOf } from './build.js'

function adminOn(config: Config) {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
  const service = createService(config, log)
  const app = adminApp(service, () => ({ ready: true, why: 'ok' }))
  t.teardown(() => app.close())
  return { app, service, lines }
}

const CONFIG = configOf(`
admin: { tokens: [first-token, second-token] }
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
  const headers = { authorization: 'Bearer first-token' }
  const error = async (url: string) => {
    const reply = await app.inject({ url, headers })
    t.equal(reply.statusCode, 400)
    return reply.json().error
  }
  t.equal(
    await error('/api/explain?to=%2B15551230001&form=%2B49'),
    'there is no parameter "form" here, only to, from, at, param, outcome, down, drained; did you mean "from"?',
  )
  t.equal(await error('/api/calls?max=5'), 'there is no parameter "max" here, only limit, number')
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
  t.same(await said('z'), [404, { error: 'no endpoint is called "z"' }])
})

t.test('a token is asked for where there is one', async (t) => {
  const { app } = adminOn(CONFIG)
  const status = async (authorization?: string) =>
    (await app.inject({ url: '/api/config', headers: authorization === undefined ? {} : { authorization } }))
      .statusCode
  t.equal(await status(), 401)
  t.equal(await status('Bearer wrong'), 401)
  t.equal(await status('Bearer first-tokeX'), 401)
  t.equal(await status('Bearer first-token'), 200)
  t.equal(await status('bearer second-token'), 200)
  t.equal((await app.inject('/livez')).statusCode, 200, 'a probe has no token')
})

t.test('errors of the admin API are JSON and tell no internals', async (t) => {
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
