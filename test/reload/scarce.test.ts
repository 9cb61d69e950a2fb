import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { diskOf } from '../../bin/disk.js'
import { webhook } from '../harness/build.js'
import { saying } from '../harness/reloading.js'
import { built, calls, folderOf, post, SERVED, until } from '../harness/serving.js'

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
    async () => /the memory has no room for it next to the old one/.test((await ready()).why),
    60_000,
  )
  writeFileSync(file, `${SERVED}${saying('three')}\n${many(100)}`)
  await until(t, 'a smaller one', async () => (await ready()).why === 'ok', 30_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>three</Say>')
  t.equal(await stop(), 0)
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
