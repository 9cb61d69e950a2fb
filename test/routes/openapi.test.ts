import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { packTexts } from '../../bin/config-texts.js'
import { CONSOLE_PAGES } from '../../routes/admin/console.js'
import { callShape } from '../../src/outbound/call-request.js'
import { ACCOUNT, configOf, TOKEN } from '../harness/build.js'
import { comparingHere } from '../harness/comparing-here.js'
import { NOW, replica } from '../harness/replica.js'
import { SERVED } from '../harness/serving.js'
import { startTwilioApi } from '../harness/twilio-api.js'

interface Described {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

const twilio = await startTwilioApi([`${ACCOUNT}:${TOKEN}`])
t.teardown(() => twilio.close())

const CONFIG = `
twilio: { apiBaseUrl: "${twilio.url}" }
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", maxCalls: 3 }
  b: { uri: "sip:{{To}}@b.example.com", region: de1, headers: { X-Key: k } }
schedules: { office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] } }
actions: { voicemail: { say: Leave a message } }
rules: [{ name: blocked, if: { from: "+1900*" }, reject: busy }]
routes:
  - { name: main, to: "+15551230001", dial: [a, b], screen: true, otherwise: voicemail }
  - name: hours
    to: "+15551230002"
    rules: [{ name: open, if: { schedule: office }, dial: [a, b] }, { name: shut, if: { from: "+49*" }, say: Closed }]
`
const CALL = `CA${'c'.repeat(32)}`
const PLACE = { to: 'sip:jack@example.com', from: '+15551230001', twiml: '<Response/>' }

function running() {
  const files = new Map([['/etc/dialsip.yaml', SERVED + CONFIG]])
  const texts = packTexts({ files, found: new Map() })
  // in this thread: a thread for each question would take most of the time
  // in this thread: a thread for each question would take most of the time
  const answer = comparingHere({ texts, now: () => NOW })
  return replica(configOf(CONFIG), {}, undefined, { comparing: { take: () => () => {}, answer } })
}

async function describedBy(admin: ReturnType<typeof replica>['admin']): Promise<Description> {
  return (await admin.inject('/api/openapi.json')).json()
}

t.test('the OpenAPI description is valid', async (t) => {
  const description = await describedBy(running().admin)
  const { valid, errors } = await new Validator().validate(structuredClone(description) as never)
  t.ok(valid, JSON.stringify(errors))
  const ids = Object.values(description.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  t.equal(new Set(ids).size, ids.length, 'each operation has a name of its own')
  const text = JSON.stringify(description)
  for (const name of Object.keys(description.components.schemas))
    t.match(text, `"#/components/schemas/${name}"`, `${name} is used`)
  t.same(
    Object.keys(description.components.schemas.CallRequest!.properties).sort(),
    Object.keys(callShape).sort(),
  )
})

/** `GET /api/calls/:sid` of every line of Fastify's tree of routes. */
function routesOf(tree: string): string[] {
  const above: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent, path, methods] = /^([│ ]*)[├└]── (\S*?)(?: \((.*)\))?$/.exec(line) ?? []
    if (indent === undefined) return []
    const depth = indent.length / 4
    above.splice(depth, above.length, path!)
    return methods ? methods.split(', ').map((method) => `${method} ${above.join('')}`) : []
  })
}

t.test('every route of the admin listener but the pages of the console is described', async (t) => {
  const { admin } = running()
  await admin.ready()
  const { paths } = await describedBy(admin)
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/{(\w+)}/g, ':$1')}`),
  )
  const pages = CONSOLE_PAGES.map((path) => `GET ${path}`)
  t.same([...described, ...pages].sort(), routesOf(admin.printRoutes({ commonPrefix: false })).sort())
  t.ok(described.length > 15)
})

/** A copy in which no object may have keys that are not described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in inside ? { additionalProperties: false, ...inside } : inside
}

function pointer(...steps: string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

t.test('answers hold what is described, and nothing more', async (t) => {
  const { admin, post, service } = running()
  const description = await describedBy(admin)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(closed(description) as object, 'api')
  const seen = new Set<string>()
  await post('/voice', { CallSid: CALL, To: '+15551230002' })
  const dialled = await post('/voice', { CallSid: CALL, To: '+15551230001' })
  await post('/status', { CallSid: CALL, CallStatus: 'completed' })

  const json = (payload: object) => ({ payload, headers: { 'content-type': 'application/json' } })
  const override = { name: 'office', to: 'closed', until: '2h', author: 'anna', note: 'outing' }
  const question = '/api/explain?to=%2B15551230001&outcome=a=503'
  const twilioFails = (status: number) =>
    twilio.mishaps.push({
      status,
      body: { code: 20001, message: 'no', more_info: 'https://www.twilio.com/docs/errors/20001', status },
    })
  const [, action = ''] = /action="https:\/\/voice.example.com([^"]+)"/.exec(dialled) ?? []
  await post(action.replaceAll('&amp;', '&'), {
    CallSid: CALL,
    DialCallStatus: 'failed',
    DialSipResponseCode: '503',
  })
  await answers('/api/outcomes', 'GET', '/api/outcomes', 200)
  await answers('/api/endpoints/{name}/outcomes', 'GET', '/api/endpoints/a/outcomes', 200)
  await answers('/api/endpoints/{name}/outcomes', 'GET', '/api/endpoints/z/outcomes', 404)
  await answers('/livez', 'GET', '/livez', 200)
  await answers('/readyz', 'GET', '/readyz', 200)
  await answers('/metrics', 'GET', '/metrics', 200)
  await answers('/api/config', 'GET', '/api/config', 200)
  await answers('/api/status', 'GET', '/api/status', 200)
  await answers('/api/config', 'GET', '/api/config', 403, { headers: { origin: 'https://evil.example' } })
  await answers('/api/openapi.json', 'GET', '/api/openapi.json', 200)
  await answers('/api/explain', 'GET', question, 200)
  await answers('/api/explain', 'GET', `${question}&from=%2B1900123`, 200)
  await answers('/api/explain', 'GET', '/api/explain?to=%2B15551230002&down=a&param=A=b', 200)
  await answers('/api/explain', 'GET', '/api/explain?to=%2B15551230003', 200)
  await answers('/api/explain', 'GET', '/api/explain?to=%2B15551230002&to=%2B15551230001', 200)
  await answers('/api/explain', 'GET', '/api/explain', 400)
  await answers('/api/routes', 'GET', '/api/routes?to=%2B15551230002', 200)
  await answers('/api/routes', 'GET', '/api/routes?search=main&limit=1', 200)
  await answers('/api/routes', 'GET', '/api/routes?limit=-1', 400)
  await answers('/api/calendar', 'GET', '/api/calendar?to=%2B15551230002', 200)
  await answers('/api/calendar', 'GET', '/api/calendar?schedule=office&year=2026', 200)
  await answers('/api/calendar', 'GET', '/api/calendar', 400)
  await answers('/api/schedules', 'GET', '/api/schedules', 200)
  await answers('/api/schedules', 'GET', '/api/schedules?limit=101', 400)
  await answers('/api/endpoints', 'GET', '/api/endpoints', 200)
  const drain = '/api/endpoints/{name}/drain'
  await answers(drain, 'POST', '/api/endpoints/a/drain', 200, json({ reason: 'upgrade', until: '2h' }))
  await answers(drain, 'POST', '/api/endpoints/a/drain', 400, json({ why: 'upgrade' }))
  await answers(drain, 'POST', '/api/endpoints/a/drain', 400, json({ until: 'soon' }))
  const list = await answers(drain, 'POST', '/api/endpoints/a/drain', 400, json([]))
  t.equal(list.json().error, 'expected a JSON object, found an empty list')
  await answers(drain, 'POST', '/api/endpoints/z/drain', 404, json({}))
  await answers(drain, 'POST', '/api/endpoints/a/drain', 415, {
    payload: 'x=1',
    headers: { 'content-type': 'text/plain' },
  })
  await answers('/api/endpoints', 'GET', '/api/endpoints', 200)
  await answers('/api/endpoints/{name}/restore', 'POST', '/api/endpoints/a/restore', 200)
  await answers('/api/endpoints/{name}/restore', 'POST', '/api/endpoints/z/restore', 404)
  await answers('/api/overrides', 'POST', '/api/overrides', 201, json(override))
  await answers('/api/overrides', 'POST', '/api/overrides', 400, json({ ...override, to: 'ajar' }))
  await answers('/api/overrides', 'GET', '/api/overrides', 200)
  const clear = '/api/overrides/{kind}/{name}'
  await answers(clear, 'DELETE', '/api/overrides/schedule/office', 200)
  await answers(clear, 'DELETE', '/api/overrides/schedule/office', 404)
  await answers(clear, 'DELETE', '/api/overrides/action/office', 404)
  await answers('/api/events', 'GET', '/api/events?seconds=0', 200)
  await answers('/api/events', 'GET', '/api/events?seconds=x', 400)
  await answers('/api/calls', 'GET', '/api/calls', 200)
  await answers('/api/calls', 'GET', '/api/calls?limit=many', 400)
  await answers('/api/calls/recent/{callSid}', 'GET', `/api/calls/recent/${CALL}`, 200)
  await answers('/api/calls/recent/{callSid}', 'GET', '/api/calls/recent/CA7', 404)
  await answers('/api/outbound', 'GET', '/api/outbound', 200)
  await answers('/api/calls', 'POST', '/api/calls', 201, json(PLACE))
  await answers('/api/calls', 'POST', '/api/calls', 422, json({ ...PLACE, form: 'x' }))
  twilioFails(400)
  await answers('/api/calls', 'POST', '/api/calls', 400, json(PLACE))
  twilio.mishaps.push('reset')
  await answers('/api/calls', 'POST', '/api/calls', 504, json(PLACE))
  const { sid } = (
    await answers('/api/calls', 'POST', '/api/calls', 201, json({ ...PLACE, timeout: 5 }))
  ).json()
  await answers('/api/calls/{sid}', 'GET', `/api/calls/${sid}`, 200)
  await answers('/api/calls/{sid}', 'GET', '/api/calls/7', 404)
  await answers('/api/calls/{sid}', 'GET', `/api/calls/CA${'9'.repeat(32)}`, 404)
  await answers('/api/calls/{sid}', 'GET', `/api/calls/${sid}?account=none`, 404)
  await answers('/api/calls/{sid}/cancel', 'POST', `/api/calls/${sid}/cancel`, 200)
  await answers('/api/calls/{sid}/complete', 'POST', `/api/calls/${sid}/complete`, 200)
  const changed = (from: string, to: string) => json({ text: SERVED + CONFIG.replace(from, to) })
  await answers('/api/check', 'POST', '/api/check', 200, changed('Closed', 'Shut'))
  await answers('/api/check', 'POST', '/api/check', 200, changed('dial: [a, b], screen', 'dial: [c], screen'))
  const tests = `tests: [{ call: { to: "+15551230001" }, expect: { route: hours } }]`
  await answers('/api/check', 'POST', '/api/check', 200, json({ text: `${SERVED}${CONFIG}${tests}` }))
  await answers('/api/check', 'POST', '/api/check', 400, json({ text: 7 }))
  await answers('/api/diff', 'POST', '/api/diff', 200, changed('Closed', 'Shut'))
  await answers('/api/diff', 'POST', '/api/diff', 200, changed('"+49*"', '"+48*"'))
  await answers('/api/diff', 'POST', '/api/diff', 200, changed('dial: [a, b], screen', 'dial: [b], screen'))
  await answers('/api/diff', 'POST', '/api/diff', 200, json({ text: SERVED + CONFIG, short: true }))
  await answers('/api/diff', 'POST', '/api/diff', 422, changed('mon-fri', 'mon-fry'))
  const all = Object.values(description.paths).flatMap((methods) => Object.values(methods))
  t.same(
    all.map(({ operationId }) => operationId).filter((id) => !seen.has(id)),
    [],
    'each has answered well',
  )
  Object.assign(service, { active: undefined })
  await answers('/api/endpoints', 'GET', '/api/outbound', 500)

  async function answers(
    path: string,
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    status: number,
    more: InjectOptions = {},
  ): Promise<LightMyRequestResponse> {
    const reply = await admin.inject({ method, url, ...more })
    const { operationId, responses } = description.paths[path]![method.toLowerCase()]!
    t.equal(reply.statusCode, status, `${method} ${url}: ${reply.body.slice(0, 300)}`)
    if (status < 300) seen.add(operationId)
    const described = responses[status] ? String(status) : 'default'
    const type = String(reply.headers['content-type']).split(';')[0]!
    t.ok(responses[described]!.content[type], `${operationId} ${described} as ${type}`)
    const at = pointer('paths', path, method.toLowerCase(), 'responses', described, 'content', type, 'schema')
    const fits = ajv.compile({ $ref: `api#${at}` })
    t.ok(fits(type === 'application/json' ? reply.json() : reply.body), JSON.stringify(fits.errors))
    return reply
  }
})
