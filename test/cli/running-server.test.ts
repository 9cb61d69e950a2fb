import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../../bin/main.js'
import { Reloader } from '../../bin/reload.js'
import { userName } from '../../bin/user-name.js'
import { WebhookSignatures } from '../../routes/webhook-signatures.js'
import { loadText, TOKEN, webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { run, runIn } from '../harness/run.js'
import { SERVED, type Serving, serving, until } from '../harness/serving.js'

const CONFIG = `
endpoints: { a: { uri: "sip:{{To}}@a.example.com" }, b: { uri: "sip:{{To}}@b.example.com", maxCalls: 3 } }
schedules: { office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] } }
routes:
  - name: main
    to: "+15551230001"
    rules: [{ name: open, if: { schedule: office }, dial: [a, b], otherwise: { say: sorry } }]
`
const START = Date.parse('2026-11-20T10:00:00Z')
const SID = 'CA00000000000000000000000000000001'
const FAILED = { DialCallStatus: 'failed', DialSipResponseCode: '503' }

/** A server with a clock that does not move, and commands that ask it. */
async function operated(t: Test) {
  const clock = { now: START }
  const server = await serving(t, CONFIG, { now: () => clock.now })
  const dialsip = runIn({ DIALSIP_ADMIN_URL: server.adminAddress, USER: 'anna', TOKEN })
  return { ...server, clock, dialsip }
}

/** A call that fails at `a` and is answered at `b`. */
async function answeredCall({ post }: Serving, CallSid: string): Promise<void> {
  const second = await post(
    actionOf(await post('/voice', webhook({ CallSid }))),
    webhook({ CallSid, ...FAILED }),
  )
  await post(
    `/status?endpoint=b`,
    webhook({ CallSid: 'CA99', ParentCallSid: CallSid, CallStatus: 'ringing' }),
  )
  await post(actionOf(second), webhook({ CallSid, DialCallStatus: 'completed' }))
}

t.test('the last calls are a line each', async (t) => {
  const server = await operated(t)
  const { post, dialsip } = server
  t.match(await dialsip('calls'), { code: 0, stdout: 'no calls\n' })
  await answeredCall(server, SID)
  const evil = `sip:\u001b[2J${'x'.repeat(10_000)}@example.com`
  await post('/voice', webhook({ CallSid: 'CA2', To: '+999', From: evil }))
  await post('/voice', webhook({ CallSid: 'CA3', From: '' }))
  const [head, first, second, third] = (await dialsip('calls')).stdout.split('\n')
  t.match(head, /^AT +FROM +TO +ROUTE +OUTCOME +CALL$/)
  t.match(
    first,
    /^\d\d:\d\d:\d\d {2}\+15557650002 +\+15551230001 {2}main\/open +a 503 → b answered 0 s +CA0+1$/,
  )
  t.match(second, /sip:\\u001b\[2Jx{30,40}… +\+999 +default +reject +CA2$/)
  t.match(third, / anonymous .* a rings +CA3$/)
  t.equal((await dialsip('calls', '--limit', '1')).stdout.split('\n').length, 3)
  t.match(JSON.parse((await dialsip('calls', '--json')).stdout), [{ callSid: 'CA3' }, { callSid: 'CA2' }, {}])
})

t.test('calls are chosen by outcome, route, endpoint and number', async (t) => {
  const server = await operated(t)
  await answeredCall(server, 'CA1')
  await server.post('/voice', webhook({ CallSid: 'CA2', To: '+999' }))
  await server.post('/voice', webhook({ CallSid: 'CA3' }))
  const chosen = async (...args: string[]) =>
    (JSON.parse((await server.dialsip('calls', '--json', ...args)).stdout) as { callSid: string }[]).map(
      ({ callSid }) => callSid,
    )
  t.same(await chosen('--outcome', '503'), ['CA1'])
  t.same(await chosen('--outcome', 'serverError'), ['CA1'])
  t.same(await chosen('--outcome', 'reject'), ['CA2'])
  t.same(await chosen('--route', 'main'), ['CA3', 'CA1'])
  t.same(await chosen('--route', 'default'), ['CA2'])
  t.same(await chosen('--endpoint', 'b'), ['CA1'])
  t.same(await chosen('--endpoint', 'a', '--outcome', 'answered'), ['CA1'])
  t.same(await chosen('--number', '999'), ['CA2'])
})

t.test('one call is shown as a time line', async (t) => {
  const server = await operated(t)
  await answeredCall(server, SID)
  const { code, stdout } = await server.dialsip('calls', SID)
  t.equal(code, 0)
  const lines = stdout.split('\n')
  t.equal(lines[0], `${SID}  +15557650002 → +15551230001  main/open  a 503 → b answered 0 s`)
  t.equal(lines[1], 'began 2026-11-20T10:00:00.000Z')
  t.match(lines.slice(3), [
    /^\+0\.0 s {2}\/voice +call ringing +a rings \(route main by \+15551230001, rule open\)$/,
    /^\+0\.0 s {2}\/dialed +failed 503 +b rings \(/,
    /^\+0\.0 s {2}\/status +leg ringing +204$/,
    /^\+0\.0 s {2}\/dialed +completed +hangup \(/,
    /^\+0\.0 s {2}end +a 503 → b answered 0 s$/,
  ])
  t.match(stdout, /\ndialsip explain -c .* --outcome a=503/)
  t.match(JSON.parse((await server.dialsip('calls', SID, '--json')).stdout), {
    callSid: SID,
    webhooks: [{}, {}],
  })
  t.match(await server.dialsip('calls', 'CA404'), { code: 1, stderr: /CA404 is not among the last calls/ })
  t.match(await server.dialsip('calls', 'CA1', 'CA2'), { code: 2, stderr: 'calls takes one SID' })
  t.match(await server.dialsip('calls', '--limit', 'all'), { code: 2, stderr: '--limit is a number' })
})

t.test('of a call that another replica began, what is known is shown', async (t) => {
  const { service, dialsip } = await operated(t)
  const record = service.book.open(SID, START)
  record.placed = true
  record.to = '+15551230001'
  t.match(await dialsip('calls', SID), { code: 0, stdout: /under way\nbegan 2026-11-20T10:00:00.000Z\n\n$/ })
})

/** A command that is still running, and what it has written so far. */
function started(env: Record<string, string>, ...args: string[]) {
  const written = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  const ended = main(args, { stdout: into('stdout'), stderr: into('stderr'), env })
  const lines = () => written.stdout.trimEnd().split('\n')
  return { ended, written, lines }
}

t.test('an answer that another replica dialled has no length', async (t) => {
  const server = await operated(t)
  const action = actionOf(await server.post('/voice', webhook({ CallSid: 'CA1' })))
  await server.post(action, webhook({ CallSid: 'CA2', DialCallStatus: 'completed' }))
  t.match((await server.dialsip('calls')).stdout, / a answered +CA2\n$/)
})

t.test('calls are followed until the server has gone', async (t) => {
  const server = await operated(t)
  await answeredCall(server, 'CA1')
  await answeredCall(server, 'CA2')
  const env = { DIALSIP_ADMIN_URL: server.adminAddress }
  const text = started(env, 'calls', '--follow', '--limit', '1')
  const json = started(env, 'calls', '--follow', '--json')
  const both = (count: number) => () => text.lines().length === count && json.lines().length === count + 1
  await until(t, 'what was is shown', both(1))
  const first = await server.post('/voice', webhook({ CallSid: 'CA3' }))
  await until(t, 'a call is shown', both(2))
  await server.post(actionOf(first), webhook({ CallSid: 'CA3', CallStatus: 'completed' }))
  await until(t, 'its end is shown', both(3))
  await server.close()
  t.same([await text.ended, await json.ended], [1, 1])
  t.match(text.written.stderr, 'no answer from')
  t.match(text.lines(), [/a 503 → b answered 0 s {2}CA2$/, / a rings {2}CA3$/, / a canceled {2}CA3$/])
  const events = json.lines().map((line) => JSON.parse(line))
  t.match(events, [{ callSid: 'CA1' }, { callSid: 'CA2' }, { callSid: 'CA3' }, { outcome: 'canceled' }])
})

t.test('status is one screen, and says that all is well', async (t) => {
  const { dialsip, clock, post, service } = await operated(t)
  await post('/voice')
  clock.now += 3_725_000
  t.match(await dialsip('status'), {
    code: 0,
    stdout: new RegExp(
      [
        '^server {5}up for 1 h 2 min',
        'config {5}/.*dialsip.yaml [0-9a-f]{12}-[0-9a-f]{6}, loaded 1 h 2 min ago; 1 route',
        'endpoints {2}2 of 2 up',
        'overrides {2}none',
        'webhooks {3}1 with a good signature, 0 refused\n$',
      ].join('\n'),
    ),
  })
  t.match(JSON.parse((await dialsip('status', '--json')).stdout), { endpoints: 2, notUp: [], overrides: [] })
  service.shared = { up: true, reason: '' }
  t.match(await dialsip('status'), { code: 0, stdout: /\nshared {5}state is shared\n$/ })
  t.equal((await dialsip('status', 'now')).code, 2)
})

t.test('status says what is wrong, and exits with 1', async (t) => {
  const { dialsip, clock, service, address } = await operated(t)
  const isWrong = async (line: RegExp) => t.match(await dialsip('status'), { code: 1, stdout: line })
  t.match(await dialsip('status', '--admin', 'http://127.0.0.1:1'), { code: 1, stderr: /no answer/ })
  const first = 'server     up for 0 s'
  t.match((await dialsip('status')).stdout, first)
  await fetch(`${address}/voice`, { method: 'POST', body: new URLSearchParams(webhook()) })
  await isWrong(
    /0 with a good signature, 1 refused\n +1 × no-signature, the last 0 s ago at \/voice: no X-Twilio/,
  )
  service.signatures.accepted = 1
  t.equal((await dialsip('status')).code, 0)
  for (const _ of [1, 2, 3]) service.health.note('a', 'serverError', clock.now, 503)
  await isWrong(/1 of 2 up\n +a is ejected for another 30 s: /)
  await dialsip('endpoints', 'restore', 'a')
  await dialsip('endpoints', 'drain', 'a')
  t.match(await dialsip('status'), { code: 0, stdout: / a is drained: by hand\n/ })
  for (const callSid of ['CA1', 'CA2', 'CA3'])
    service.limits.take('b', callSid, clock.now + 60_000, clock.now)
  t.match(await dialsip('status'), { code: 0, stdout: /0 of 2 up\n.*\n +b is full\n/ })
  await dialsip('override', 'set', 'office', 'closed', '--until', '90m', '--note', 'outing')
  t.match(await dialsip('status'), {
    code: 0,
    stdout: /overrides {2}1\n +schedule office is closed for another 1 h 30 min, by anna: outing\n/,
  })
  await new Reloader(service, async () => loadText('routes: [{ to: "+1555", dial: nobody }]')).reload()
  await isWrong(/refused {4}the config on disk, 0 s ago: \d errors?, .*\n +dialsip.yaml:\d+:\d+ no endpoint/)
  await new Reloader(service, async () => loadText('listen: 127.0.0.1:1\nroutes: []')).reload()
  t.match((await dialsip('status')).stdout, /\nrestart {4}needed for listen/)
  service.shared = { up: false, reason: 'Redis cannot be reached' }
  await isWrong(/shared {5}Redis cannot be reached/)
})

t.test('refused webhooks are kept by their reason, the last first', async (t) => {
  const signatures = new WebhookSignatures()
  signatures.refuse('no-match', { at: 1, path: '/voice', says: 'x' })
  signatures.refuse('other-port', { at: 2, path: '/voice', says: 'y' })
  signatures.refuse('no-match', { at: 3, path: '/dialed', says: 'z' })
  t.same(signatures.refused, [
    { reason: 'no-match', count: 2, at: 3, path: '/dialed', says: 'z' },
    { reason: 'other-port', count: 1, at: 2, path: '/voice', says: 'y' },
  ])
})

t.test('a broken config still says where the server is', async (t) => {
  const { adminAddress, file } = await operated(t)
  const served = SERVED.replace('127.0.0.1:0" }', `127.0.0.1:${new URL(adminAddress).port}" }`)
  writeFileSync(file, `${served}\nroutes: [{ dial: nobody, tp: "+1" }]\ninclude: [none.yaml]\n`)
  for (const command of ['endpoints', 'override', 'calls', 'status'])
    t.match(await run(command, '-c', file), { code: 0, stderr: '' }, command)
  writeFileSync(file, `${served}routes: [ "\n`)
  t.match(await run('endpoints', '-c', file), {
    code: 2,
    stderr:
      /does not say where the server listens; name it by --admin URL\n.*dialsip\.yaml:\d+:\d+: not valid YAML/,
  })
  writeFileSync(file, SERVED.replace('admin: { listen: "127.0.0.1:0" }', 'admin: { listen: here }'))
  t.match(await run('status', '-c', file), { code: 2, stderr: /"here" is not an address to listen on/ })
})

t.test('without a config the option that names the server is shown', async (t) => {
  const home = process.cwd()
  process.chdir(t.testdir({}))
  t.teardown(() => process.chdir(home))
  t.match(await run('status'), { code: 2, stderr: /no config: .*; or name the server by --admin URL/ })
})

t.test('the token comes from a file, the environment or the config', async (t) => {
  const folder = t.testdir({
    token: 'sixteen-letters!\n',
    'dialsip.yaml': SERVED.replace('127.0.0.1:0" }', '127.0.0.1:0", tokens: ["${ADMIN}"] }'),
  })
  const { service, adminAddress } = await serving(t, 'routes: []')
  service.active = {
    ...service.active,
    config: {
      ...service.active.config,
      admin: { ...service.active.config.admin!, tokens: ['sixteen-letters!'] },
    },
  }
  const flags = ['--admin', adminAddress]
  t.match(await run('endpoints', ...flags), {
    code: 1,
    stderr:
      'a bearer token of admin.tokens is needed: set DIALSIP_ADMIN_TOKEN, or name a file by --token-file',
  })
  t.equal((await run('endpoints', ...flags, '--token-file', join(folder, 'token'))).code, 0)
  t.equal((await runIn({ DIALSIP_ADMIN_TOKEN: 'sixteen-letters!' })('endpoints', ...flags)).code, 0)
  t.match(await run('endpoints', ...flags, '--token-file', join(folder, 'none')), {
    code: 2,
    stderr: /cannot be read/,
  })
  const port = new URL(adminAddress).port
  const file = join(folder, 'dialsip.yaml')
  writeFileSync(file, SERVED.replace('127.0.0.1:0" }', `127.0.0.1:${port}", tokens: ["\${ADMIN}"] }`))
  t.equal((await runIn({ ADMIN: 'sixteen-letters!' })('endpoints', '-c', file)).code, 0)
  t.match(await run('endpoints', '-c', file), { code: 1, stderr: /set DIALSIP_ADMIN_TOKEN/ })
})

t.test('an override names exactly what is missing', async (t) => {
  const { dialsip } = await operated(t)
  const says = async (args: string[], stderr: string) =>
    t.match(await dialsip('override', ...args), { code: 2, stderr }, args.join(' '))
  await says(['set'], 'override set needs NAME, TO, --until, --note as well')
  await says(['set', 'office'], 'override set needs TO, --until, --note as well')
  await says(['set', 'office', 'closed', '--note', 'x'], 'override set needs --until as well')
  await says(['clear'], 'override clear needs NAME as well')
  await says(['list', 'office'], 'override list takes no names')
  await says(['set', 'a', 'b', 'c'], 'override set takes NAME and TO')
  await says(['unset'], 'there is no override unset, only set, list and clear')
})

t.test('a change says when it is known to one replica only', async (t) => {
  const { dialsip, service } = await operated(t)
  const set = ['override', 'set', 'office', 'closed', '--until', '2h', '--note', 'x']
  const alone = 'only this replica has changed'
  for (const args of [
    set,
    ['override', 'clear', 'office'],
    ['endpoints', 'drain', 'a'],
    ['endpoints', 'restore', 'a'],
  ])
    t.match(await dialsip(...args), { code: 0, stderr: alone }, args.join(' '))
  service.shared = { up: true, reason: '' }
  t.match(await dialsip(...set), { code: 0, stderr: /^$/ })
  t.notMatch((await dialsip('override', 'clear', 'office')).stderr, alone)
  t.match(await dialsip('endpoints'), { code: 0, stderr: /^$/ })
})

t.test('a user without a name is known by uid and host', async (t) => {
  t.equal(userName({ USER: 'anna' }), 'anna')
  t.equal(userName({ LOGNAME: 'bo' }), 'bo')
  t.equal(
    userName({}, () => ({ username: 'root' }) as never),
    'root',
  )
  const nameless = () => {
    throw new Error('ENOENT')
  }
  t.equal(userName({}, nameless), `uid ${process.getuid!()} at ${hostname()}`)
})
