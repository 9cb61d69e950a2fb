import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { diskOf } from '../../bin/disk.js'
import { webhook } from '../harness/build.js'
import { saying } from '../harness/reloading.js'
import { built, calls, folderOf, post, SERVED, until, writeSettled } from '../harness/serving.js'

t.test('a server with little memory and few files', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeSettled(file, SERVED + saying('one'))
  const { address, child, logged, ready, stop } = await built(t, file, {
    before: 'ulimit -n 200',
    // with less than this, nearly all of the time would go into clearing the heap
    node: ['--max-old-space-size=72'],
    impatient: true,
  })
  const say = async () => (await post(address, '/voice', webhook())).body

  await t.test('a config too large for the memory is refused under load', async (t) => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => `  - { to: "+1444${at + 100_000}", say: hello }\n`).join('')
    const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })), 50)
    writeSettled(file, `${SERVED}${saying('two')}\n${many(40_000)}`)
    await logged(/^the new config was refused/)
    t.match((await ready()).why, /the memory has no room for it next to the old one/)
    writeSettled(file, `${SERVED}${saying('three')}\n${many(100)}`)
    await logged(/^config reloaded/)
    t.equal((await ready()).why, 'ok')
    t.match(await stopCalls(), { lost: 0, wrong: [] })
    t.match(await say(), '<Say>three</Say>')
  })

  await t.test('a load that may open no more files is tried again', async (t) => {
    const { hostname, port } = new URL(address)
    const open = () => readdirSync(`/proc/${child.pid}/fd`).length
    const idle: Socket[] = []
    await until(t, 'no further file may be opened', function fill() {
      const left = 200 - open()
      for (let at = 0; at < left; at += 1) idle.push(connect(Number(port), hostname).on('error', () => {}))
      return left <= 0
    })
    writeSettled(file, SERVED + saying('four'))
    await logged(/^the new config was refused/)
    for (const socket of idle) socket.destroy()
    await logged(/^config reloaded/)
    t.match(await say(), '<Say>four</Say>')
    t.equal((await ready()).why, 'ok')
  })
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
  // the pause gives the read below, which blocks this process, time to find that it may open nothing
  const script = `read go; sleep 0.1; exec prlimit --pid ${pid} ${limit(soft!)}`
  const relief = spawn('sh', ['-c', script], { stdio: ['pipe', 'inherit', 'inherit'] })
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
  relief.stdin!.write('go\n')
  const { bytes } = diskOf().read(file)
  t.same([codes, String(bytes)], [['EMFILE', 'EMFILE'], 'x'])
  t.end()
})
