import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, closeSync, constants, openSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { configSource } from '../../bin/config-file.js'
import { diskOf } from '../../bin/disk.js'
import { fingerprint } from '../../bin/fingerprint.js'
import { loadSettled } from '../../bin/load-settled.js'
import { SeenFiles } from '../../bin/seen-files.js'
import { loadConfig } from '../../src/config/load.js'
import { TOKEN } from '../harness/build.js'
import { saying, withSecret } from '../harness/reloading.js'
import { ENV, folderOf, SERVED, writeSettled } from '../harness/serving.js'

t.test('a file that is being written is read when it is whole', async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED)
  const settled = loadSettled(file, ENV, diskOf())
  // somebody writes slowly: a load that did not wait would take each part for the whole
  await sleep(100)
  appendFileSync(file, 'routes:\n')
  await sleep(100)
  appendFileSync(file, saying('whole').replace('routes:\n', ''))
  const { config, retryable } = await settled
  t.same([[...config!.routes.keys()], retryable], [['main'], false])
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
  writeSettled(file, withSecret(pipe) + saying('one'))
  // the pause parts the halves: without one both are read at once
  spawn('sh', ['-c', `exec > ${pipe}; printf %s ${TOKEN.slice(0, 9)}; sleep 0.1; echo ${TOKEN.slice(9)}`])
  const { config, retryable } = await loadSettled(file, ENV, diskOf({ patienceMs: 5_000 }))
  t.same([config!.accounts[0]!.authTokens, retryable], [[TOKEN], false])
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
  writeSettled(file, withSecret(pipe) + saying('one'))
  t.match(await loadSettled(file, ENV, disk), {
    retryable: true,
    config: undefined,
    errors: [{ code: 'secret-file', message: /nothing comes out of it$/ }],
  })
})

t.test('a pipe that was written into is the same pipe', async (t) => {
  const pipe = join(folderOf(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  const before = await fingerprint([pipe])
  utimesSync(pipe, 0, 0)
  t.equal(await fingerprint([pipe]), before)
})
