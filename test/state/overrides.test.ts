import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { decide } from '../../src/decide.js'
import { parseUntil } from '../../src/schedule/instant.js'
import { Overrides } from '../../src/state/overrides.js'
import { callOf, configOf } from '../harness/build.js'
import { CONFIG, clocked, MINUTE, NOW, to } from '../harness/clocked.js'
import { run, runIn } from '../harness/run.js'
import { folderOf, SERVED } from '../harness/serving.js'

t.test('a schedule that is set holds instead of its hours', async (t) => {
  const config = configOf(CONFIG)
  const overrides = new Overrides()
  const call = callOf({ To: '+15551230003', FromCountry: 'US' })
  const decided = () => decide(config, call, NOW, { standing: () => 'up', overrides: overrides.at(NOW) })
  t.match(decided(), { rule: '2', reason: /^route hours by \+15551230003, rule 2$/ })
  const set = {
    kind: 'schedule',
    name: 'office',
    until: NOW + MINUTE,
    author: 'anna',
    note: 'drill',
    since: NOW,
  } as const
  overrides.set({ ...set, to: 'closed' })
  t.match(decided(), {
    rule: '1',
    reason:
      'route hours by +15551230003, rule 1, schedule office set closed until 2026-11-20T09:01:00Z by anna: drill',
  })
  overrides.set({ ...set, to: 'open' })
  t.match(decided(), {
    rule: '2',
    skipped: [{ rule: '1', saw: /^office: set open until .* by anna: drill$/ }],
  })
  t.equal(overrides.at(NOW + MINUTE), undefined, 'it is over')
})

t.test('a route that is set runs that action', async (t) => {
  const config = configOf(CONFIG)
  const overrides = new Overrides()
  const set = {
    kind: 'route',
    name: 'main',
    until: NOW + MINUTE,
    author: 'anna',
    note: 'move',
    since: NOW,
  } as const
  const decided = () => decide(config, callOf(), NOW, { standing: () => 'up', overrides: overrides.at(NOW) })
  overrides.set({ ...set, to: 'holiday' })
  t.match(decided(), {
    rule: '',
    steps: [{ verb: 'say', text: 'away' }],
    reason: /main .*, set holiday until/,
  })
  overrides.set({ ...set, to: 'no-longer-there' })
  t.match(decided(), { steps: [{ verb: 'dial' }] })
})

t.test('an end is a time of day, a while or an instant', async (t) => {
  const berlin = (text: string, now = NOW) => parseUntil(text, now, 'Europe/Berlin')
  const iso = (text: string, now = NOW) => new Date(berlin(text, now).value ?? Number.NaN).toISOString()
  t.equal(iso('18:00'), '2026-11-20T17:00:00.000Z')
  t.equal(iso('9:30'), '2026-11-21T08:30:00.000Z', 'tomorrow')
  t.equal(iso('90m'), '2026-11-20T10:30:00.000Z')
  t.equal(iso('2h'), '2026-11-20T11:00:00.000Z')
  t.equal(iso('3d'), '2026-11-23T09:00:00.000Z')
  t.equal(iso('2026-11-20T18:00'), '2026-11-20T17:00:00.000Z')
  const spring = Date.parse('2026-03-29T00:00:00Z')
  t.equal(iso('02:30', spring), '2026-03-30T00:30:00.000Z', 'the clock skips it today')
  const wrong: Record<string, RegExp> = {
    soon: /not a time/,
    '25:00': /not a time/,
    '2026-11-19T18:00': /is over/,
    '9999d': /more than a year/,
  }
  for (const [text, says] of Object.entries(wrong)) t.match(berlin(text).problems[0]?.message, says, text)
})

t.test('endpoints are drained and restored by command', async (t) => {
  const { post, adminAddress, lines } = await clocked(t)
  const dialsip = (...args: string[]) => runIn({ DIALSIP_ADMIN_URL: adminAddress })('endpoints', ...args)
  t.match(await dialsip('drain', 'a', '--reason', 'new firmware', '--until', '2h'), {
    code: 0,
    stdout:
      /^ENDPOINT +STATE +CALLS +UNTIL +REASON\na +drained +0\/1 +2026-11-20T11:00:00.000Z +new firmware\n$/,
  })
  t.match((await post('/voice')).body, '@b.example.com')
  t.match((await dialsip('restore', 'a')).stdout, /\na +up +0\/1 +- +-\n/)
  t.match(JSON.parse((await dialsip('--json')).stdout), [{ name: 'a' }, { name: 'b', state: 'up' }])
  t.match((await dialsip('drain', 'b')).stdout, /b +drained +1 +- +by hand/)
  t.match(await dialsip('drain', 'c'), { code: 1, stderr: /no endpoint is called "c"/ })
  t.match(await dialsip('drain', 'a', '--until', 'soon'), { code: 1, stderr: /until: "soon" is not a time/ })
  t.match(await dialsip('drain', 'long-name-of-nothing'), {
    code: 1,
    stderr: /called "long-name-of-nothing"; there are 2: a, b\n/,
  })
  for (const args of [['drain'], ['list', 'a'], ['toString'], ['drain', 'a', 'b']])
    t.equal((await dialsip(...args)).code, 2)
  t.match(
    lines.filter(({ endpoint }) => endpoint),
    [{ msg: 'endpoint a is drained' }, { msg: 'endpoint a is restored by hand' }, { endpoint: 'b' }],
  )
})

t.test('overrides are set, listed and cleared by command', async (t) => {
  const { post, adminAddress, lines } = await clocked(t)
  const dialsip = (...args: string[]) =>
    runIn({ DIALSIP_ADMIN_URL: adminAddress, USER: 'anna' })('override', ...args)
  t.match(await dialsip(), { code: 0, stdout: 'nothing is set\n' })
  const set = ['set', 'office', 'closed', '--until', '18:00', '--note', 'company outing']
  t.match(await dialsip(...set), {
    code: 0,
    stdout: /\nschedule office +closed +2026-11-20T17:00:00.000Z +anna +company outing\n$/,
  })
  t.match((await post('/voice', to('+15551230003'))).body, '<Reject')
  t.match(await dialsip('set', 'main', 'holiday', '--until', '2h', '--note', 'x', '--author', 'bo'), {
    code: 0,
  })
  t.match((await post('/voice')).body, '<Say>away</Say>')
  t.match(JSON.parse((await dialsip('list', '--json')).stdout), [
    { name: 'main', author: 'bo' },
    { kind: 'schedule' },
  ])
  t.match(await dialsip('clear', 'office'), {
    code: 0,
    stdout: /route main/,
    stderr:
      /schedule office goes by the config again; it was set to closed until 2026-11-20T17:00:00.000Z by anna: company/,
  })
  t.match(await dialsip('clear', 'office'), { code: 1, stderr: /"office" is not set to anything/ })
  t.match(
    lines.filter(({ override }) => override),
    [{ msg: 'schedule office is set to closed' }, {}, { msg: 'schedule office goes by the config again' }],
  )
})

t.test('an override that makes no sense is refused', async (t) => {
  const { adminAddress, admin } = await clocked(t, CONFIG.replace('name: both', 'name: office'))
  const env = { DIALSIP_ADMIN_URL: adminAddress, LOGNAME: 'anna' }
  const dialsip = (...args: string[]) => runIn(env)('override', ...args, '--until', '2h', '--note', 'x')
  const refused: [string[], RegExp][] = [
    [['set', 'ofice', 'closed'], /no schedule or route is called "ofice"; did you mean "office"/],
    [['set', 'office', 'closed'], /a schedule and a route are called "office"; say which by kind/],
    [['set', 'office', 'shut', '--kind', 'schedule'], /open or closed, not to "shut"/],
    [['set', 'main', 'hollyday'], /no action is called "hollyday"; did you mean "holiday"/],
    [['set', 'main', 'holiday', '--kind', 'schedule'], /no schedule is called "main"/],
    [['set', 'main', 'holiday', '--kind', 'number'], /kind: expected schedule or route, found "number"/],
  ]
  for (const [args, stderr] of refused) t.match(await dialsip(...args), { code: 1, stderr }, args.join(' '))
  for (const kind of ['schedule', 'route'])
    t.equal((await dialsip('set', 'office', kind === 'route' ? 'holiday' : 'open', '--kind', kind)).code, 0)
  t.match(await dialsip('clear', 'office'), { code: 2, stderr: /say --kind/ })
  t.equal((await dialsip('clear', 'office', '--kind', 'route')).code, 0)
  t.match(await runIn(env)('override', 'set', 'main', 'holiday'), {
    code: 2,
    stderr: /override set needs --until, --note as well/,
  })
  t.equal((await runIn(env)('override', 'unset')).code, 2)
  t.equal((await admin('/api/overrides/route/main', { method: 'DELETE' })).status, 404)
  t.match(await (await admin('/api/overrides', { method: 'POST' })).json(), { error: '"name" is missing' })
  const zone = { name: 'main', to: 'holiday', until: '18:00', author: 'a', note: 'b', timezone: 'CET' }
  const headers = { 'content-type': 'application/json' }
  const odd = await admin('/api/endpoints/a/drain', { method: 'POST', headers, body: '{"why":"x"}' })
  t.match(await odd.json(), { error: 'there is no key "why" here' })
  const reply = await admin('/api/overrides', { method: 'POST', headers, body: JSON.stringify(zone) })
  t.match(await reply.json(), { error: /timezone: "CET" is an abbreviation/ })
})

t.test('a command finds the server by its config', async (t) => {
  const { adminAddress, file } = await clocked(t)
  const port = new URL(adminAddress).port
  const config = (listen: string) =>
    SERVED.replace('127.0.0.1:0" }', `${listen}:${port}", tokens: [sixteen-letters!] }`) + CONFIG
  writeFileSync(file, config('0.0.0.0'))
  t.equal((await run('endpoints', '-c', file)).code, 0)
  writeFileSync(file, config('[::1]'))
  t.match(await run('endpoints', '-c', file), { code: 1, stderr: /no answer from http:\/\/\[::1\]/ })
  t.match(await run('endpoints', '-c', `${folderOf(t)}/none`), {
    code: 2,
    stderr: /none:1:1: .* cannot be read/,
  })
  for (const body of ['<html>', '{}']) {
    const other = createHttpServer((_request, response) => response.writeHead(404).end(body))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
    t.match(await run('endpoints', '--admin', url), { code: 1, stderr: /127\.0\.0\.1:\d+ answers 404/ })
    other.close()
  }
  for (const url of ['here', 'localhost:9090'])
    t.match(await run('endpoints', '--admin', url), {
      code: 2,
      stderr: /is not the URL of an admin listener/,
    })
  writeFileSync(file, config('0.0.0.0'))
  t.equal((await runIn({ DIALSIP_CONFIG: file, DIALSIP_ADMIN_TOKEN: 'other' })('endpoints')).code, 0)
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const admin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  t.match(await run('endpoints', '--admin', admin), { code: 1, stderr: /no answer from .* timeout/ })
})
