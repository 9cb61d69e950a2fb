import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { collectGarbage } from '../../bin/collect-garbage.js'
import { configSource, load } from '../../bin/config-file.js'
import { diskOf } from '../../bin/disk.js'
import { fingerprint } from '../../bin/fingerprint.js'
import type { Io } from '../../bin/io.js'
import { endNow, keepLoaded } from '../../bin/keep-loaded.js'
import { LoadThreads, TooLarge } from '../../bin/load-in-worker.js'
import { fits, loadLimits } from '../../bin/load-limits.js'
import { loadSettled } from '../../bin/load-settled.js'
import { memoryForLoad } from '../../bin/memory-for-load.js'
import { memoryLeft } from '../../bin/memory-left.js'
import { Reloader } from '../../bin/reload.js'
import { SeenFiles } from '../../bin/seen-files.js'
import { watchFiles } from '../../bin/watch.js'
import { attach, detach, type Piece } from '../../src/config/config-transfer.js'
import { loadConfig } from '../../src/config/load.js'
import { keepFixed } from '../../src/config/restart.js'
import type { Config } from '../../src/model/config.js'
import { configOf, loadText, TOKEN, webhook } from '../harness/build.js'
import { built, calls, ENV, folderOf, post, SERVED, serving, until } from '../harness/serving.js'

const saying = (text: string) => `routes:\n  - { name: main, to: "+15551230001", say: ${text} }`

/** A worker takes seconds to start where TypeScript is compiled on the fly, so most tests do without. */
const loadHere = async (file: string, io: Pick<Io, 'env'>) => load(file, io as Io)

const here = (load: typeof loadHere, end = async () => true) => ({ load, end })

/** A server that reloads by itself, and how to ask it what it says. */
async function reloading(t: Test, yaml = saying('one'), folder = folderOf(t)) {
  const server = await serving(t, yaml, { folder })
  const { service, file, asked } = server
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, threads: here(loadHere) })
  t.teardown(stop)
  const says = async (text: string) => (await server.post('/voice')).body.includes(`<Say>${text}</Say>`)
  return { ...server, says, write: (more: string) => writeFileSync(server.file, SERVED + more) }
}

t.test('a file that is written in place is loaded', async (t) => {
  const { says, write, lines, service } = await reloading(t)
  t.ok(await says('one'))
  write(saying('two'))
  await until(t, 'the new config answers', () => says('two'))
  t.match(lines.at(-2), { msg: 'config reloaded', revision: service.active.config.revision, routes: 1 })
  t.match(service.reload, { successful: true, failure: '', needsRestart: [] })
})

t.test('an editor that renames is noticed', async (t) => {
  const { says, file } = await reloading(t)
  for (const text of ['two', 'three']) {
    writeFileSync(`${file}~`, SERVED + saying(text))
    renameSync(`${file}~`, file)
    await until(t, text, () => says(text))
  }
})

t.test('the swap of a ConfigMap is noticed', async (t) => {
  const folder = folderOf(t)
  const publish = (version: string, text: string) => {
    mkdirSync(join(folder, version))
    writeFileSync(join(folder, version, 'dialsip.yaml'), `${SERVED}include: routes.yaml\n`)
    writeFileSync(join(folder, version, 'routes.yaml'), saying(text))
    symlinkSync(version, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  const { says, file } = await reloading(t, saying('one'), folder)
  rmSync(file)
  publish('..2026_11_20', 'two')
  for (const name of ['dialsip.yaml', 'routes.yaml']) symlinkSync(`..data/${name}`, join(folder, name))
  await until(t, 'the first version', () => says('two'))
  publish('..2026_11_21', 'three')
  rmSync(join(folder, '..2026_11_20'), { recursive: true })
  await until(t, 'the second version', () => says('three'))
})

t.test('SIGHUP loads the config', async (t) => {
  const { says, write, service } = await reloading(t)
  const { at } = service.reload
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'it was loaded', () => service.reload.at > at)
  write(saying('two'))
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'what changed as well', () => says('two'))
})

t.test('every file that was asked for is watched', async (t) => {
  const folder = folderOf(t)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'routes'))
  write('routes/one.yaml', saying('one'))
  write('numbers.csv', 'number,route\n+15551230009,main\n')
  const { says, post } = await reloading(t, 'include: routes/*.yaml\nnumbersFrom: numbers.csv\n', folder)
  const saysTo = async (To: string, text: string) =>
    (await post('/voice', webhook({ To }))).body.includes(text)
  write('routes/one.yaml', saying('two'))
  await until(t, 'an included file', () => says('two'))
  write('routes/two.yaml', 'routes: [{ name: other, to: "+15551230002", say: other }]')
  await until(t, 'a new file for the pattern', () => saysTo('+15551230002', 'other'))
  write('numbers.csv', 'number,route\n+15551230008,main\n')
  await until(t, 'a table of numbers', () => saysTo('+15551230008', 'two'))
})

t.test('a broken file changes nothing and is seen everywhere', async (t) => {
  const { says, write, service, lines, address, admin } = await reloading(t)
  const { revision } = service.active.config
  write('routes: [{ name: main, to: "+15551230001", dail: x }]')
  await until(t, 'it was refused', () => !service.reload.successful)
  t.ok(await says('one'))
  t.match(service.reload, { revision, failure: '1 error, 0 warnings', errors: [{ code: 'unknown-key' }] })
  t.match(
    lines.find(({ code }) => code === 'unknown-key'),
    { level: 50, place: /^dialsip.yaml:6:/ },
  )
  const ready = await fetch(`${address}/readyz`)
  t.equal(ready.status, 200)
  t.match(await ready.json(), {
    ready: true,
    why: 'the config on disk was refused: 1 error, 0 warnings',
    revision,
  })
  t.match(await (await admin('/api/config')).json(), {
    revision,
    reload: {
      successful: false,
      errors: [{ code: 'unknown-key', place: /^dialsip.yaml/, path: 'routes[0].dail' }],
    },
  })
  write(saying('two'))
  await until(t, 'a good one fixes it', () => says('two'))
  t.match(await (await fetch(`${address}/readyz`)).json(), { why: 'ok' })
})

t.test('a file that is gone and comes back is loaded', async (t) => {
  const { says, write, service, file } = await reloading(t)
  rmSync(file)
  await until(t, 'it was refused', () => !service.reload.successful)
  t.ok(await says('one'))
  write(saying('two'))
  await until(t, 'it is back', () => says('two'))
})

t.test('what cannot change without a restart is said and kept', async (t) => {
  const running = configOf('listen: 127.0.0.1:1\nadmin: { listen: "127.0.0.1:3" }')
  const loaded: Config = {
    ...running,
    listen: { host: '127.0.0.1', port: 2 },
    admin: { listen: { host: '0.0.0.0', port: 3 }, tokens: ['x'], hosts: [] },
    publicUrl: { ...running.publicUrl, path: '/telephony' },
    insecureSkipSignature: true,
    state: 'redis://localhost',
    logLevel: 'debug',
    maskNumbers: true,
  }
  const { config, needsRestart } = keepFixed(running, loaded)
  t.same(needsRestart, ['listen', 'admin.listen', 'publicUrl', 'state', 'logging.maskNumbers'])
  t.same(config, { ...running, logLevel: 'debug' })
  const off: Config = { ...running, admin: undefined }
  t.same(keepFixed(running, off), { config: running, needsRestart: ['admin.listen'] })
  t.same(keepFixed(off, running), { config: off, needsRestart: ['admin.listen'] })
  const moved = { ...running, publicUrl: { ...running.publicUrl, host: 'voice2.example.com' } }
  t.same(keepFixed(running, moved), { config: moved, needsRestart: [] })
})

t.test('keys that wait for a restart are logged', async (t) => {
  const { service, lines, file } = await serving(t, saying('one'))
  const text = `${SERVED.replace(':0', ':1')}insecureSkipSignature: true\n${saying('two')}`
  writeFileSync(file, text)
  await new Reloader(service, () => loadHere(file, { env: ENV })).reload()
  t.match(service.reload, { successful: true, needsRestart: ['listen'] })
  t.match(lines.at(-1), { keys: ['listen'], level: 40 })
  t.equal(service.active.config.insecureSkipSignature, false, 'it came with another address')
  writeFileSync(file, text.replace(':1\n', ':0\n'))
  await new Reloader(service, () => loadHere(file, { env: ENV })).reload()
  t.match(lines.at(-1), { msg: /insecureSkipSignature is set/ })
})

t.test('a load that fails outright changes nothing', async (t) => {
  const { service, lines } = await serving(t, saying('one'))
  const { active } = service
  await new Reloader(service, () => Promise.reject(new Error('out of memory'))).reload()
  t.match(service.reload, { successful: false, failure: 'out of memory', errors: [] })
  t.equal(service.active, active)
  t.match(lines.at(-1), { level: 50, failure: 'out of memory' })
})

t.test('what is wrong with a refused config is logged by its level', async (t) => {
  const { service, lines } = await serving(t, saying('one'))
  const refused = loadText('insecureSkipSignature: true\nlisten: 127.0.0.1:1\nnothing: 1')
  await new Reloader(service, async () => refused).reload()
  t.same(
    lines.filter(({ code }) => code !== undefined).map(({ code, level }) => [code, level]),
    [
      ['unknown-key', 50],
      ['insecure-signature', 40],
    ],
  )
})

t.test('requests during a load make one more after it', async (t) => {
  const { service } = await serving(t, saying('one'))
  let loads = 0
  const reloader = new Reloader(service, async () => {
    loads += 1
    return loadText(saying('two'))
  })
  await Promise.all([reloader.reload(), reloader.reload(), reloader.reload()])
  t.equal(loads, 2)
  await reloader.reload()
  t.equal(loads, 3)
})

t.test('changes are found where nobody tells of them', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'a.yaml')
  let changes = 0
  const watch = watchFiles(
    () => {
      changes += 1
    },
    { pollMs: 30 },
  )
  t.teardown(watch.close)
  await watch.follow(['/no-such-folder/x.yaml', '/no-such-folder/*.yaml', file])
  t.equal(changes, 0)
  writeFileSync(join(folder, 'other.log'), 'x')
  // that nothing happens has no event to wait for
  await sleep(300)
  t.equal(changes, 0, 'another file in the folder')
  writeFileSync(file, 'x')
  await until(t, 'the file came', () => changes === 1)
  writeFileSync(file, 'xy')
  await watch.follow([file])
  t.equal(changes, 2, 'it changed before it was asked for again')
})

t.test('a pattern finds new files in new folders', async (t) => {
  const folder = folderOf(t)
  mkdirSync(join(folder, 'teams'))
  let changes = 0
  const watch = watchFiles(() => {
    changes += 1
  })
  t.teardown(watch.close)
  await watch.follow([join(folder, 'teams/*/routes.yaml'), join(folder, 'odd[1].yaml')])
  mkdirSync(join(folder, 'teams/new'))
  writeFileSync(join(folder, 'teams/new/routes.yaml'), 'x')
  await until(t, 'the file was found', () => changes === 1)
  writeFileSync(join(folder, 'odd[1].yaml'), 'x')
  await until(t, 'a file with a name like a pattern came', () => changes === 2)
})

t.test('a chain of links is followed, a circle of them is not', async (t) => {
  const folder = folderOf(t)
  for (const name of ['real', 'other']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'a.yaml'), name)
  }
  symlinkSync('real', join(folder, 'current'))
  symlinkSync('current/a.yaml', join(folder, 'link.yaml'))
  symlinkSync('circle.yaml', join(folder, 'circle.yaml'))
  let changes = 0
  const watch = watchFiles(() => {
    changes += 1
  })
  t.teardown(watch.close)
  await watch.follow([join(folder, 'link.yaml'), join(folder, 'circle.yaml')])
  symlinkSync('other', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'current'))
  await until(t, 'the folder was swapped', () => changes === 1)
})

t.test('a config comes out of its pieces as it went in', async (t) => {
  const rows = Array.from({ length: 1_234 }, (_, at) => `+1555${String(at).padStart(7, '0')},main,${at}`)
  const lists = `lists: { many: [${Array.from({ length: 700 }, (_, at) => `"+1666${at + 1000}*"`)}] }`
  const yaml = `${lists}
numbersFrom: numbers.csv
routes: [{ name: main, rules: [{ if: { from: many }, reject: busy }, { say: hello }] }]`
  const more = { 'numbers.csv': `number,route,place\n${rows.join('\n')}` }
  const { first, pieces } = detach(configOf(yaml, more))
  t.equal(first.config.numbers.exact.size, 0)
  t.equal(first.config.numbers.owners.length, 0)
  const received = structuredClone(first)
  const sent: Piece[] = []
  for (const piece of pieces) {
    sent.push(structuredClone(piece))
    attach(received, sent.at(-1)!)
  }
  t.same(received.config, configOf(yaml, more))
  t.ok(sent.length >= 5)
  t.ok(sent.every(({ entries }) => entries.length <= 500))
  const list = [...Array(600).keys()]
  const odd = detach({ list } as unknown as Config)
  for (const piece of odd.pieces) attach(odd.first, piece)
  t.same(odd.first.config, { list: [...Array(600).keys()] })
})

t.test('what many routes share is handed over once, and little at a time', (t) => {
  const shared = {
    callers: Array.from({ length: 700 }, (_, at) => ({ at })),
    map: new Map([[1, [...Array(600).keys()]]]),
  }
  const routes = () =>
    new Map(
      Array.from({ length: 1_100 }, (_, at) => [
        at,
        { shared, own: Array.from({ length: 50 }, (_, hop) => ({ hop })) },
      ]),
    )
  const expected = structuredClone(routes().get(0))
  const { first, pieces } = detach({ routes: routes() } as unknown as Config)
  const received = structuredClone(first)
  let largest = 0
  for (const piece of pieces) {
    largest = Math.max(largest, JSON.stringify(piece.entries).length)
    attach(received, structuredClone(piece))
  }
  const [one, another] = [0, 1_099].map(
    (at) => (received.config.routes as never as ReturnType<typeof routes>).get(at)!,
  )
  t.same(one, expected)
  t.equal((received.config.routes as never as Map<unknown, unknown>).size, 1_100)
  t.equal(one!.shared.callers, another!.shared.callers)
  t.equal(one!.shared.map.get(1), another!.shared.map.get(1))
  t.ok(largest < 200_000, String(largest))
  t.end()
})

t.test('a worker hands over what it has loaded', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const many = Array.from({ length: 600 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }`)
  writeFileSync(file, `${SERVED}${saying('one')}\n${many.join('\n')}`)
  const threads = new LoadThreads()
  const { config, errors, asked } = await threads.load(file, { env: ENV })
  t.same({ ...config }, load(file, { env: ENV } as unknown as Io).config)
  t.same([errors, asked], [[], [file]])
  t.match(await threads.load(`${file}x`, { env: {} }), {
    config: undefined,
    errors: [{ code: 'file-unreadable' }],
    passing: false,
  })
  writeFileSync(file, WIDE)
  const refused = await threads.load(file, { env: ENV })
  t.match(refused.more, [
    { level: 'error', code: 'number-format' },
    { level: 'warning', code: 'no-otherwise', count: 3_000 },
  ])
  t.equal(refused.errors.length, 100)
  t.ok(JSON.stringify(refused.errors).length < 100_000)
  const unfit = { TOKEN: Symbol('unfit') as unknown as string }
  await t.rejects(threads.load(file, { env: unfit }), { name: 'DataCloneError' })
})

/** Thousands of errors in one line, as a program writes its files. */
const WIDE = JSON.stringify({
  routes: Array.from({ length: 3_000 }, (_, at) => ({
    name: `r${at}`,
    to: `030 ${at}`,
    dial: 'sip:pbx@fra.example.com',
  })),
})

t.test('thousands of errors in one long line cost no call', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + saying('one'))
  const { address, ready, stop } = await built(t, file, { node: ['--max-old-space-size=128'] })
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, WIDE)
  await until(
    t,
    'it was refused',
    async () => /^the config on disk was refused: \d/.test((await ready()).why),
    60_000,
  )
  writeFileSync(file, SERVED + saying('two'))
  await until(t, 'the next one', async () => (await ready()).why === 'ok', 30_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>two</Say>')
  t.equal(await stop(), 0)
})

t.test('errors that are only counted are told of', async (t) => {
  const { service, lines, admin } = await serving(t, saying('one'))
  const { config, errors } = loadText(saying('two'))
  const more = [{ level: 'warning', code: 'sip-host-private', count: 900 }] as const
  const reloader = (loaded: object) => new Reloader(service, async () => ({ config, errors, ...loaded }))
  await reloader({ more }).reload()
  t.ok(lines.some(({ msg, warnings }) => msg === 'config reloaded' && warnings === 900))
  t.match(await (await admin('/api/config')).json(), { reload: { errors: [], more } })
  await reloader({
    more: [{ level: 'error', code: 'number-format', count: 7 }, ...more],
    config: undefined,
  }).reload()
  t.equal(service.reload.failure, '7 errors, 900 warnings')
  await reloader({ more: [{ level: 'warning', code: 'no-routes', count: 1 }] }).reload()
  t.match(service.reload.failure, /^there are no routes any more/)
})

t.test('no call is lost while a server reloads', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const write = (version: number) => {
    const many = Array.from({ length: 1_500 }, (_, at) => `  - { to: "+1444${at + 1000}", say: v${version} }`)
    writeFileSync(file, `${SERVED}${saying(`v${version}`)}\n${many.join('\n')}`)
  }
  write(0)
  const { address, stop } = await built(t, file)
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })), 5)
  for (const version of [1, 2]) {
    write(version)
    const says = async () =>
      (await post(address, '/voice', webhook())).body.includes(`<Say>v${version}</Say>`)
    await until(t, `version ${version}`, says, 20_000)
  }
  const { placed, lost, wrong, slowest } = await stopCalls()
  t.ok(placed > 100, `${placed} calls`)
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.ok(slowest < 1_000, `slowest answer after ${Math.round(slowest)} ms`)
  t.equal(await stop(), 0)
})

t.test('thousands of reloads leak nothing', { timeout: 60_000 }, async (t) => {
  const { service, post, lines } = await serving(t, saying('one'))
  const loaded = [loadText(saying('one')), loadText(saying('two'))]
  let version = 0
  const reloader = new Reloader(service, async () => structuredClone(loaded[version++ % 2]!))
  const reloadAll = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      await reloader.reload()
      if (at % 100 === 0) await post('/voice', webhook({ CallSid: `CA${at}` }))
    }
    lines.length = 0
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await reloadAll(1_000)
  const after = await reloadAll(10_000)
  t.ok(after - before < 5e6, `${Math.round((after - before) / 1e3)} kB more after 10,000 reloads`)
})

t.test('watchers of earlier reloads are gone', { timeout: 60_000 }, async (t) => {
  const { says, write } = await reloading(t)
  const used = () => process.getActiveResourcesInfo().filter((name) => /FSEvent|FSREQ/.test(name)).length
  write(saying('v0'))
  await until(t, 'the first', () => says('v0'))
  await until(
    t,
    'its files are read',
    () => !process.getActiveResourcesInfo().some((name) => /FSREQ/.test(name)),
  )
  const before = used()
  for (let version = 1; version <= 8; version += 1) {
    write(saying(`v${version}`))
    await until(t, `version ${version}`, () => says(`v${version}`))
  }
  await until(t, 'as many as before', () => used() <= before)
})

/** A head whose account has its token from a file. */
const withSecret = (secret: string) => SERVED.replace('${TOKEN}', `\${file:${secret}}`)

const gaugeOf = async (adminAddress: string) =>
  /^dialsip_config_last_reload_successful (\d)$/m.exec(
    await (await fetch(`${adminAddress}/metrics`)).text(),
  )?.[1]

t.test('a config that has lost its routes is refused unless it says so', async (t) => {
  const { says, write, service } = await reloading(t)
  write('')
  await until(t, 'it was refused', () => !service.reload.successful)
  t.match(service.reload, { failure: /^there are no routes any more/, errors: [{ code: 'no-routes' }] })
  t.ok(await says('one'))
  write('routes: []')
  await until(t, 'it was taken', () => service.reload.successful)
  t.equal(service.active.config.routes.size, 0)
  write('')
  const { at } = service.reload
  await until(t, 'nothing is lost', () => service.reload.successful && service.reload.at > at)
})

t.test('a file that is being written is read when it is whole', async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED)
  const settled = loadSettled(file, ENV, diskOf())
  await sleep(500)
  appendFileSync(file, 'routes:\n')
  await sleep(500)
  appendFileSync(file, saying('whole').replace('routes:\n', ''))
  const { config, passing } = await settled
  t.same([[...config!.routes.keys()], passing], [['main'], false])
})

t.test('a file that has not changed for a second is not waited for', async (t) => {
  const { file, secret } = { file: join(folderOf(t), 'dialsip.yaml'), secret: join(folderOf(t), 'token') }
  writeFileSync(secret, TOKEN)
  writeFileSync(file, withSecret(secret) + saying('one'))
  for (const name of [file, secret]) utimesSync(name, new Date(0), new Date(Date.now() - 1_000))
  const seen = new SeenFiles(diskOf())
  t.ok(loadConfig(file, configSource(ENV, false, seen)).config)
  t.equal(seen.unsettledMs(Date.now()), 0)
  t.ok(seen.isStillTheSame())
  writeFileSync(secret, 'x')
  t.notOk(seen.isStillTheSame(), 'the secret has changed')
  seen.read(secret)
  t.ok(seen.unsettledMs(Date.now()) > 900)
  t.equal(seen.unsettledMs(0), 1_000, 'a clock that is behind')
})

t.test('what was not there and then is counts as a change', (t) => {
  const folder = folderOf(t)
  const seen = new SeenFiles(diskOf())
  t.throws(() => seen.read(join(folder, 'a.yaml')), { code: 'ENOENT' })
  t.same(seen.find(join(folder, '*.yaml')), [])
  t.ok(seen.isStillTheSame())
  writeFileSync(join(folder, 'a.yaml'), '')
  t.notOk(seen.isStillTheSame())
  seen.read(join(folder, 'a.yaml'))
  t.notOk(seen.isStillTheSame(), 'it was two things in one load')
  t.end()
})

t.test('files that change all the time are given up', async (t) => {
  const { read, find } = diskOf()
  let reads = 0
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED)
  utimesSync(file, 0, 0)
  const changing = {
    find,
    read(path: string) {
      appendFileSync(file, '# more\n')
      utimesSync(file, 0, 0)
      reads += 1
      return read(path)
    },
  }
  await t.rejects(loadSettled(file, ENV, changing), { message: /have changed each of the 10 times/ })
  t.equal(reads, 20)
})

t.test('a pipe is read once, to its end', { timeout: 30_000 }, async (t) => {
  const [file, pipe] = [join(folderOf(t), 'dialsip.yaml'), join(folderOf(t), 'token')]
  execFileSync('mkfifo', [pipe])
  writeFileSync(file, withSecret(pipe) + saying('one'))
  spawn('sh', ['-c', `exec > ${pipe}; printf %s ${TOKEN.slice(0, 9)}; sleep 0.3; echo ${TOKEN.slice(9)}`])
  const { config, passing } = await loadSettled(file, ENV, diskOf({ patienceMs: 5_000 }))
  t.same([config!.accounts[0]!.authTokens, passing], [[TOKEN], false])
})

t.test('what never ends or never begins is an error', { timeout: 30_000 }, async (t) => {
  const pipe = join(folderOf(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  const disk = diskOf({ patienceMs: 100, limit: 200_000 })
  t.throws(() => disk.read(pipe), { code: 'ETIMEDOUT' }, 'nobody writes')
  const writer = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
  t.throws(() => disk.read(pipe), { code: 'EAGAIN' }, 'somebody might write')
  closeSync(writer)
  t.throws(() => disk.read('/dev/zero'), { code: 'EFBIG' })
  t.equal(disk.read('/dev/null').bytes.length, 0)
  t.throws(() => disk.read(folderOf(t)), { code: 'EISDIR' })
  const large = join(folderOf(t), 'large')
  writeFileSync(large, Buffer.alloc(200_001))
  t.throws(() => disk.read(large), { code: 'EFBIG' })
  writeFileSync(large, Buffer.alloc(64 * 1024 + 1))
  t.throws(() => disk.read(large, true), { code: 'EFBIG' }, 'a secret is small')
  t.equal(disk.read(large).bytes.length, 64 * 1024 + 1)
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(large, Buffer.alloc(64 * 1024 + 1))
  writeFileSync(file, withSecret(large) + saying('one'))
  t.match(loadConfig(file, configSource(ENV, false, disk)).errors, [
    { code: 'secret-file', message: /it is too large \(a secret has at most 64 kB/ },
  ])
  writeFileSync(file, withSecret(pipe) + saying('one'))
  t.match(await loadSettled(file, ENV, disk), {
    passing: true,
    config: undefined,
    errors: [{ code: 'secret-file', message: /nothing comes out of it$/ }],
  })
})

t.test('a load that hangs in the kernel is left behind', { timeout: 60_000 }, async (t) => {
  const pipe = join(folderOf(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  // opened without O_NONBLOCK, a pipe holds the thread as a dead NFS does, until somebody writes
  const hanging = `import { openSync } from 'node:fs'; import { workerData } from 'node:worker_threads'
workerData.looks.postMessage(workerData.file); openSync(workerData.file)`
  const entry = new URL(`data:text/javascript,${encodeURIComponent(hanging)}`)
  const threads = new LoadThreads({ readMs: 500, entry })
  for (let at = 0; at < 3; at += 1)
    await t.rejects(threads.load(pipe, { env: {} }), { message: `${pipe} was not read within 0.5 s` })
  await t.rejects(threads.load(pipe, { env: {} }), { message: /3 earlier loads still hang/ })
  t.notOk(await threads.end())
  closeSync(openSync(pipe, constants.O_RDWR))
  t.ok(await threads.end(), 'they have ended')
})

t.test('a load that computes for ever ends', { timeout: 60_000 }, async (t) => {
  const threads = new LoadThreads({ workMs: 300, entry: new URL('data:text/javascript,for(;;);') })
  await t.rejects(threads.load('x', { env: {} }), { message: 'the config was not loaded within 0.3 s' })
  t.ok(await threads.end())
})

t.test('a load has what is left of memory', { timeout: 60_000 }, async (t) => {
  const MB = 1024 ** 2
  const heapLeft = 1e9
  t.equal(loadLimits({ left: 33 * MB, heapLeft }), undefined)
  t.same(loadLimits({ left: 132 * MB, heapLeft }), {
    resourceLimits: { maxOldGenerationSizeMb: 80, maxYoungGenerationSizeMb: 10 },
    fileLimit: 25 * MB,
  })
  t.match(loadLimits({ left: 1e12, heapLeft }), { fileLimit: 256 * MB })
  t.ok(fits(49 * MB, { left: 132 * MB, heapLeft }))
  t.notOk(fits(51 * MB, { left: 132 * MB, heapLeft }))
  t.notOk(fits(49 * MB, { left: 132 * MB, heapLeft: 97 * MB }))
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + saying('one'))
  utimesSync(file, 0, 0)
  const little = new LoadThreads({ memory: async () => ({ left: 40 * MB, heapLeft }) })
  await t.rejects(
    little.load(file, { env: ENV }),
    new TooLarge('the config needs more memory than the 6 MB that are left to load it with'),
  )
  let asked = 0
  const small = async () => ({ left: 1e9, heapLeft: asked++ === 0 ? 1e9 : 0 })
  const narrow = new LoadThreads({ memory: small })
  await t.rejects(narrow.load(file, { env: ENV }), {
    message: /^the config takes \d+ MB, and the memory has no room/,
  })
  const none = new LoadThreads({ memory: async () => ({ left: 0, heapLeft: 0 }) })
  await t.rejects(none.load('x', { env: {} }), { message: 'no memory is left to load the config with' })
})

t.test('garbage is given back where memory is short', async (t) => {
  let measured = 0
  const measure = () => ({ left: measured++, heapLeft: 1e12 })
  t.same(await memoryForLoad(measure), { left: 1, heapLeft: 1e12 })
})

t.test('memory is what the control groups leave', (t) => {
  const GB = 1024 ** 3
  const root = t.testdir({
    proc: { self: { cgroup: '9:cpu:/x\n4:cpuset,memory:/docker/c1\n0::/pod/c2\nodd\n' } },
    sys: {
      fs: {
        cgroup: {
          'memory.max': 'max\n',
          pod: {
            'memory.max': `${GB}`,
            'memory.current': `${GB - 50}`,
            'memory.stat': 'anon 9\ninactive_file 30\nactive_file 5\n',
            c2: { 'memory.max': `${GB}`, 'memory.current': '100' },
          },
          memory: {
            'memory.limit_in_bytes': '9223372036854771712',
            'memory.usage_in_bytes': '1000',
            docker: { c1: { 'memory.limit_in_bytes': '500', 'memory.usage_in_bytes': '440' } },
          },
        },
      },
    },
  })
  t.equal(memoryLeft(root, 1_000), 60, 'v1')
  writeFileSync(join(root, 'proc/self/cgroup'), '0::/pod/c2\n')
  t.equal(memoryLeft(root, 1_000), 85, 'v2: the limit of the pod')
  t.equal(memoryLeft(root, 20), 20, 'the machine has less')
  t.equal(memoryLeft(join(root, 'no-such-folder'), 1_000), 1_000)
  t.ok(memoryLeft() > 0)
  t.end()
})

t.test('a file system that does not answer is asked no more until it does', async (t) => {
  const paths = Array.from({ length: 3_000 }, (_, at) => join(`/no-such-folder/${at}`))
  let changes = 0
  const watch = watchFiles(
    () => {
      changes += 1
    },
    { lookMs: 1 },
  )
  t.teardown(watch.close)
  await watch.follow(paths)
  t.ok(watch.hangs())
  await until(t, 'it answers', () => !watch.hangs())
  t.equal(changes, 0)
})

t.test('what failed for a reason of the moment is loaded again', async (t) => {
  const { service, file, asked } = await serving(t, saying('one'))
  let loads = 0
  const answers = [
    async () => Promise.reject(new Error('EMFILE')),
    async () => ({ ...loadText('nothing: 1'), passing: true }),
    async () => loadText(saying('two')),
    async () => Promise.reject(new TooLarge('large')),
  ]
  const next = async () => answers[loads++]!()
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, threads: here(next), retryMs: 10 })
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'it was loaded', () => service.reload.successful && loads === 3)
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'what is too large', () => loads === 4)
  await sleep(50)
  t.same([loads, service.reload.failure], [4, 'large'], 'is not tried again')
  await stop()
})

t.test('the process is ended although a thread hangs', async (t) => {
  const { service, file, asked, lines } = await serving(t, saying('one'))
  const threads = here(loadHere, async () => false)
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, threads })
  await stop()
  t.match(lines.at(-1), { msg: /will end itself by SIGKILL/ })
  t.ok(process.listeners('exit').includes(endNow))
  process.off('exit', endNow)
  const done: unknown[] = []
  const kill = (...args: unknown[]) => done.push(args) > 0 || true
  endNow.call({ pid: 7, kill: kill as () => true, abort: () => done.push('abort') as never })
  t.same(done, [[7, 'SIGKILL'], 'abort'])
})

t.test('garbage is given back when it is asked for', (t) => {
  const garbage = new WeakRef({ large: Array.from({ length: 1e6 }, (_, at) => `${at}`) })
  return sleep(1).then(() => {
    collectGarbage()
    t.equal(garbage.deref(), undefined)
  })
})

t.test('a file cut short under load answers no call differently', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const others = Array.from({ length: 2_000 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }\n`)
  const text = (say: string) =>
    `${SERVED}routes:\n${others.join('')}${saying(say).replace('routes:\n', '')}\n`
  writeFileSync(file, text('one'))
  const { address, stop } = await built(t, file)
  const said = new Map<string, number>()
  const stopCalls = calls(async (CallSid) => {
    const reply = await post(address, '/voice', webhook({ CallSid }))
    const [what = reply.body] = /<Say>.*<\/Say>/.exec(reply.body) ?? []
    said.set(what, (said.get(what) ?? 0) + 1)
    return reply
  }, 5)
  for (const say of ['two', 'three']) {
    const whole = text(say)
    for (const size of [0, SERVED.length, SERVED.length + 8, whole.length / 2, whole.length - 100]) {
      writeFileSync(file, whole.slice(0, whole.lastIndexOf('\n', size) + 1))
      await sleep(400)
    }
    writeFileSync(file, whole)
    await until(t, say, () => said.has(`<Say>${say}</Say>`), 20_000)
  }
  const { placed, lost, wrong } = await stopCalls()
  t.ok(placed > 100, `${placed} calls`)
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.same([...said.keys()], ['<Say>one</Say>', '<Say>two</Say>', '<Say>three</Say>'])
  t.equal(await stop(), 0)
})

t.test('a secret that hangs is a refused reload, and the next one works', { timeout: 60_000 }, async (t) => {
  const [file, pipe] = [join(folderOf(t), 'dialsip.yaml'), join(folderOf(t), 'token')]
  execFileSync('mkfifo', [pipe])
  writeFileSync(file, SERVED + saying('one'))
  const { address, adminAddress, lines, ready, stop } = await built(t, file)
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, withSecret(pipe) + saying('two'))
  await until(t, 'it was refused', async () => (await ready()).why.includes('refused: 1 error'), 20_000)
  t.equal(await gaugeOf(adminAddress), '0')
  await until(t, 'the log says which', () => lines.some(({ msg }) => String(msg).includes(pipe)))
  writeFileSync(file, SERVED + saying('three'))
  await until(t, 'the next one', async () => (await ready()).why === 'ok', 20_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>three</Say>')
  t.equal(await gaugeOf(adminAddress), '1')
  t.equal(await stop(), 0)
})

t.test('a server whose disk has died stops all the same', { timeout: 60_000 }, async (t) => {
  const folder = folderOf(t)
  const [file, pipe, preload] = ['dialsip.yaml', 'token', 'dead.mjs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  execFileSync('mkfifo', [pipe])
  // without O_NONBLOCK the kernel holds the thread as it does at a dead NFS
  writeFileSync(
    preload,
    `import fs, { constants } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { openSync } = fs
fs.openSync = (path, flags, mode) => openSync(path, path === process.env.PIPE ? constants.O_RDONLY : flags, mode)
syncBuiltinESMExports()`,
  )
  writeFileSync(file, SERVED + saying('one'))
  const { ready, child, address, lines } = await built(t, file, {
    node: ['--import', preload],
    env: { PIPE: pipe },
  })
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, withSecret(pipe) + saying('two'))
  await until(
    t,
    'it is said',
    async () => (await ready()).why.includes(`${pipe} was not read within 10 s`),
    30_000,
  )
  writeFileSync(file, SERVED + saying('three'))
  await until(t, 'the next one', async () => (await ready()).why === 'ok', 20_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  child.kill('SIGTERM')
  const [, signal] = await once(child, 'exit')
  t.equal(signal, 'SIGKILL', 'by itself')
  t.match(lines.at(-1), { msg: 'stopped' })
})

t.test('a config too large for the memory is refused under load', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => `  - { to: "+1444${at + 100_000}", say: hello }\n`).join('')
  writeFileSync(file, SERVED + saying('one'))
  const { address, ready, stop } = await built(t, file, { node: ['--max-old-space-size=40'] })
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, `${SERVED}${saying('two')}\n${many(100_000)}`)
  await until(
    t,
    'it was refused',
    async () => /the memory has no room for it beside the old one/.test((await ready()).why),
    60_000,
  )
  writeFileSync(file, `${SERVED}${saying('three')}\n${many(100)}`)
  await until(t, 'a smaller one', async () => (await ready()).why === 'ok', 30_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>three</Say>')
  t.equal(await stop(), 0)
})

t.test('a pipe that was written into is the same pipe', async (t) => {
  const pipe = join(folderOf(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  const before = await fingerprint([pipe])
  utimesSync(pipe, 0, 0)
  t.equal(await fingerprint([pipe]), before)
})

t.test('a folder that cannot be read at the moment is an error', (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, `${SERVED}include: "*/routes.yaml"\nroutes: []`)
  const glob = () => {
    throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
  }
  t.match(loadConfig(file, { ...configSource(ENV, false), glob }), {
    config: undefined,
    errors: [{ code: 'file-unreadable', message: /too many files and connections are open$/ }],
  })
  t.end()
})

t.test('a file is waited for while too many are open', { timeout: 30_000 }, (t) => {
  const file = join(folderOf(t), 'a.yaml')
  writeFileSync(file, 'x')
  const pattern = join(folderOf(t), '*.yaml')
  const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))!
  const limit = (to: string) => `--nofile=${to}:`
  const pid = String(process.pid)
  diskOf().find(pattern)
  spawn('sh', ['-c', `sleep 1; exec prlimit --pid ${pid} ${limit(soft!)}`])
  execFileSync('sh', ['-c', `prlimit --pid ${pid} ${limit('3')}`])
  const impatient = diskOf({ patienceMs: 0 })
  const codes: unknown[] = []
  for (const look of [() => impatient.read(file), () => impatient.find(pattern)]) {
    try {
      look()
    } catch (error) {
      codes.push((error as NodeJS.ErrnoException).code)
    }
  }
  const { bytes } = diskOf().read(file)
  t.same([codes, String(bytes)], [['EMFILE', 'EMFILE'], 'x'])
  t.end()
})

t.test('a load that may open no more files is tried again', { timeout: 90_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + saying('one'))
  const { address, child, ready, stop } = await built(t, file, { before: 'ulimit -n 200' })
  const { hostname, port } = new URL(address)
  const open = () => readdirSync(`/proc/${child.pid}/fd`).length
  await ready()
  const idle = []
  for (let at = 0; at < 200 && open() < 200; at += 1) {
    const socket = connect({ host: hostname, port: Number(port) })
    idle.push(socket)
    await once(socket, 'connect')
    await sleep(5)
  }
  await until(t, 'no further file may be opened', () => open() >= 199)
  writeFileSync(file, SERVED + saying('two'))
  await sleep(2_000)
  for (const socket of idle) socket.destroy()
  await until(
    t,
    'it was loaded',
    async () => /two/.test((await post(address, '/voice', webhook())).body),
    40_000,
  )
  t.equal((await ready()).why, 'ok')
  t.equal(await stop(), 0)
})
