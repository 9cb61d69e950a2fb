import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { endNow, keepLoaded } from '../../bin/keep-loaded.js'
import { LoadThreads } from '../../bin/load-threads.js'
import { watchFiles } from '../../bin/watch.js'
import { webhook } from '../harness/build.js'
import { here, loadHere, saying, withSecret } from '../harness/reloading.js'
import {
  built,
  calls,
  ENV,
  folderOf,
  post,
  SERVED,
  serving,
  until,
  writeSettled,
} from '../harness/serving.js'

t.test('a load that hangs in the kernel is left behind', { timeout: 60_000 }, async (t) => {
  const pipe = join(folderOf(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  // opened without O_NONBLOCK, a pipe holds the thread as a dead NFS does, until somebody writes
  const hanging = `import { openSync } from 'node:fs'; import { workerData } from 'node:worker_threads'
workerData.nowReading.postMessage(workerData.file); openSync(workerData.file)`
  const entry = new URL(`data:text/javascript,${encodeURIComponent(hanging)}`)
  const threads = new LoadThreads({ readMs: 100, entry })
  const loads = [1, 2, 3].map(() => threads.load(pipe, { env: {} }))
  await Promise.all(loads.map((load) => t.rejects(load, { message: `${pipe} was not read within 0.1 s` })))
  await t.rejects(threads.load(pipe, { env: {} }), { message: /3 earlier loads still hang/ })
  t.notOk(await threads.end())
  closeSync(openSync(pipe, constants.O_RDWR))
  t.ok(await threads.end(), 'they have ended')
})

t.test('a file system that does not answer is not asked again until it does', async (t) => {
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
  writeSettled(file, SERVED + saying('one'))
  const { ready, child, address, lines, logged } = await built(t, file, {
    node: ['--import', preload],
    env: { PIPE: pipe },
    impatient: true,
  })
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })), 40)
  writeSettled(file, withSecret(pipe) + saying('two'))
  await logged(/^the new config was refused/)
  t.match((await ready()).why, `${pipe} was not read within 2 s`)
  writeSettled(file, SERVED + saying('three'))
  await logged(/^config reloaded/)
  t.equal((await ready()).why, 'ok')
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  child.kill('SIGTERM')
  const [, signal] = await once(child, 'exit')
  t.equal(signal, 'SIGKILL', 'by itself')
  t.match(lines.at(-1), { msg: 'stopped' })
})
