import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { keepLoaded } from '../../bin/keep-loaded.js'
import { TooLarge } from '../../bin/load-threads.js'
import { Reloader } from '../../bin/reload.js'
import { keepUntilRestart } from '../../src/config/keep-until-restart.js'
import type { Config } from '../../src/model/config.js'
import { configOf, loadText } from '../harness/build.js'
import { here, loadHere, reloading, saying } from '../harness/reloading.js'
import { ENV, SERVED, serving, until } from '../harness/serving.js'

t.test('SIGHUP loads the config', async (t) => {
  const { says, write, service } = await reloading(t)
  const { at } = service.reload
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'it was loaded', () => service.reload.at > at)
  write(saying('two'))
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'what changed as well', () => says('two'))
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
  const { config, needsRestart } = keepUntilRestart(running, loaded)
  t.same(needsRestart, ['listen', 'admin.listen', 'publicUrl', 'state', 'logging.maskNumbers'])
  t.same(config, { ...running, logLevel: 'debug' })
  const off: Config = { ...running, admin: undefined }
  t.same(keepUntilRestart(running, off), { config: running, needsRestart: ['admin.listen'] })
  t.same(keepUntilRestart(off, running), { config: off, needsRestart: ['admin.listen'] })
  const moved = { ...running, publicUrl: { ...running.publicUrl, host: 'voice2.example.com' } }
  t.same(keepUntilRestart(running, moved), { config: moved, needsRestart: [] })
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

t.test('errors that are only counted are reported', async (t) => {
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

t.test('a load that failed for a reason that may pass is tried again', async (t) => {
  const { service, file, asked } = await serving(t, saying('one'))
  const retryMs = 10
  let loads = 0
  const answers = [
    async () => Promise.reject(new Error('EMFILE')),
    async () => ({ ...loadText('nothing: 1'), retryable: true }),
    async () => loadText(saying('two')),
    async () => Promise.reject(new TooLarge('large')),
  ]
  const next = async () => answers[loads++]!()
  const stop = await keepLoaded(service, { file, io: { env: ENV }, asked, threads: here(next), retryMs })
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'it was loaded', () => service.reload.successful && loads === 3)
  process.kill(process.pid, 'SIGHUP')
  await until(t, 'what is too large', () => service.reload.failure === 'large')
  // of two timers of the same length the one that was set first goes off first: a retry would have begun by then
  await sleep(retryMs)
  t.same([loads, service.reload.failure], [4, 'large'], 'is not tried again')
  await stop()
})
