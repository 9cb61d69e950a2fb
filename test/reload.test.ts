import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { load } from '../bin/config-file.js'
import type { Io } from '../bin/io.js'
import { keepLoaded } from '../bin/keep-loaded.js'
import { loadInWorker } from '../bin/load-in-worker.js'
import { Reloader } from '../bin/reload.js'
import { watchFiles } from '../bin/watch.js'
import { attach, detach } from '../src/config/config-transfer.js'
import { keepFixed } from '../src/config/restart.js'
import type { Config } from '../src/model/config.js'
import { configOf, loadText, webhook } from './build.js'
import { built, calls, ENV, folderOf, post, SERVED, serving, until } from './serving.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const saying = (text: string) => `routes:\n  - { name: main, to: "+15551230001", say: ${text} }`

type Load = typeof loadInWorker

/** A worker takes seconds to start where TypeScript is compiled on the fly, so most tests do without. */
const loadHere: Load = async (file, io) => load(file, io as Io)

/** A server that reloads by itself, and how to ask it what it says. */
async function reloading(t: Test, yaml = saying('one'), folder = folderOf(t)) {
  const server = await serving(t, yaml, { folder })
  const { service, file, asked } = server
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, load: loadHere })
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
  await until(t, 'a good one mends it', () => says('two'))
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
  const watch = watchFiles(() => {
    changes += 1
  }, 30)
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
  const sent = [...pieces]
  for (const piece of sent) attach(received, structuredClone(piece))
  t.same(received.config, configOf(yaml, more))
  t.ok(sent.length >= 5)
  t.ok(sent.every(({ entries }) => entries.length <= 500))
  const list = [...Array(600).keys()]
  const odd = detach({ list } as unknown as Config)
  for (const piece of odd.pieces) attach(odd.first, piece)
  t.same(odd.first.config, { list: [...Array(600).keys()] })
})

t.test('a worker hands over what it has loaded', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const many = Array.from({ length: 600 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }`)
  writeFileSync(file, `${SERVED}${saying('one')}\n${many.join('\n')}`)
  const { config, errors, asked } = await loadInWorker(file, { env: ENV })
  t.same({ ...config }, load(file, { env: ENV } as unknown as Io).config)
  t.same([errors, asked], [[], [file]])
  t.match(await loadInWorker(`${file}x`, { env: {} }), {
    config: undefined,
    errors: [{ code: 'file-unreadable' }],
  })
  const unfit = { TOKEN: Symbol('unfit') as unknown as string }
  await t.rejects(loadInWorker(file, { env: unfit }), { name: 'DataCloneError' })
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
