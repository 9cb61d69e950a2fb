import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LogOutput, writerOf } from '../../bin/log-output.js'
import { webhook } from '../harness/build.js'
import { COMMAND, freePort, GRACE_MS, stopWithinGrace } from '../harness/server-process.js'
import { ENV, folderOf, isTwiml, post, SERVED, until, writeSettled } from '../harness/serving.js'

// each server has a log of its own, and most of the time goes into waiting for it
t.jobs = 4
const buffered = true

/** A server whose stdout is this file descriptor, or what this command line makes of it; once it is ready. */
async function serveInto(t: Test, stdout: number | 'pipe', wrap: readonly string[] = []) {
  const folder = folderOf(t)
  const file = join(folder, 'dialsip.yaml')
  const [port, adminPort] = [await freePort(), await freePort()]
  const listens = SERVED.replace('127.0.0.1:0', `127.0.0.1:${port}`).replace(
    '127.0.0.1:0',
    `127.0.0.1:${adminPort}`,
  )
  writeSettled(
    file,
    `${listens}routes: [{ name: main, to: "+15551230001", dial: "sip:a@a.example.com", otherwise: { say: sorry } }]\n`,
  )
  const [command, ...args] = [...wrap, process.execPath, COMMAND, 'serve', '-c', file]
  const child = spawn(command!, args, {
    stdio: ['ignore', stdout, 'inherit'],
    env: { ...process.env, ...ENV },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [address, admin] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`]
  await until(
    t,
    'it listens',
    () =>
      fetch(`${admin}/readyz`).then(
        (reply) => reply.ok,
        () => false,
      ),
    60_000,
  )
  let rung = 0
  return { child, ring, dropped, stop }

  /** So many calls at once, whose lines in the log are as long as they may be; how many are not answered in time. */
  async function ring(count: number): Promise<number> {
    const From = `sip:${'x'.repeat(60_000)}@example.com`
    const ringOne = async () => {
      const since = performance.now()
      rung += 1
      const isGood = isTwiml(await post(address, '/voice', webhook({ CallSid: `CA${rung}`, From })))
      return isGood && performance.now() - since < 10_000
    }
    const answers = await Promise.all(Array.from({ length: count }, () => ringOne().catch(() => false)))
    return answers.filter((isGood) => !isGood).length
  }

  async function dropped(): Promise<number> {
    const metrics = await (await fetch(`${admin}/metrics`)).text()
    return Number(/^dialsip_log_lines_dropped_total (\d+)$/m.exec(metrics)![1])
  }

  async function stop(): Promise<unknown[]> {
    return stopWithinGrace(t, child)
  }
}

type Served = Awaited<ReturnType<typeof serveInto>>

/** Calls come in until lines are dropped, and some more; none of them is lost, or answered after more than 10 s. */
async function dropLines(t: Test, { ring, dropped }: Served): Promise<void> {
  let lost = 0
  await until(
    t,
    'lines are dropped',
    async () => {
      lost += await ring(20)
      return (await dropped()) > 0
    },
    30_000,
  )
  lost += await ring(5)
  t.equal(lost, 0)
}

/** A named pipe whose both ends are open here. */
function fifo(t: Test): { path: string; fd: number } {
  const path = join(folderOf(t), 'log')
  t.equal(spawnSync('mkfifo', [path]).status, 0)
  const fd = openSync(path, 'r+')
  t.teardown(() => closeSync(fd))
  return { path, fd }
}

/** Every line of this text, whole. */
function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

t.test('calls go on while the disk is full, and the log when it has room again', { buffered }, async (t) => {
  const folder = join(folderOf(t), 'disk')
  mkdirSync(folder)
  const mount = (options: string) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'dialsip', folder]).status === 0
  if (!mount('size=64k')) return t.plan(0, 'no file system may be mounted here')
  t.teardown(() => spawnSync('umount', ['-l', folder]))
  const file = join(folder, 'log')
  const served = await serveInto(t, openSync(file, 'a'))
  await dropLines(t, served)
  const dropped = await served.dropped()
  t.ok(mount('remount,size=64m'), 'the disk has room again')
  await until(
    t,
    'the log says so',
    () => /the log can be written again/.test(readFileSync(file, 'utf8')),
    30_000,
  )
  t.same(await served.stop(), [0, null])
  const lines = linesOf(readFileSync(file, 'utf8'))
  t.match(
    lines.find((line) => line.dropped),
    { level: 'error', dropped, reason: 'ENOSPC' },
  )
  t.match(lines.at(-1), { msg: 'stopped' })
})

t.test('a server whose log finds no room ends in peace', { buffered }, async (t) => {
  const served = await serveInto(t, openSync('/dev/full', 'w'))
  await dropLines(t, served)
  t.same(await served.stop(), [0, null])
})

t.test(
  'calls go on while nobody reads the log, and lines come when somebody does',
  { buffered },
  async (t) => {
    const { path, fd } = fifo(t)
    const served = await serveInto(t, fd)
    await dropLines(t, served)
    const dropped = await served.dropped()
    let read = ''
    const reader = createReadStream(path, 'utf8').on('data', (chunk) => {
      read += chunk
    })
    await until(t, 'the log says so', () => read.includes('the log can be written again'), 30_000)
    t.same(await served.stop(), [0, null])
    await until(t, 'the last line comes', () => read.endsWith('"stopped"}\n'))
    reader.destroy()
    t.match(
      linesOf(read).find((line) => line.dropped),
      { dropped, reason: undefined },
    )
  },
)

for (const [what, stdout] of [
  ['a named pipe', (t: Test) => fifo(t).fd],
  ['a pipe', () => 'pipe' as const],
] as const)
  t.test(`a server whose log is ${what} that nobody reads ends in peace`, { buffered }, async (t) => {
    const served = await serveInto(t, stdout(t))
    await dropLines(t, served)
    t.same(await served.stop(), [0, null])
  })

t.test('calls go on after the reader of the log has gone', { buffered }, async (t) => {
  const served = await serveInto(t, 'pipe')
  served.child.stdout!.destroy()
  await dropLines(t, served)
  t.same(await served.stop(), [0, null])
})

t.test('a server may be started without a stdout', { buffered }, async (t) => {
  const served = await serveInto(t, 'pipe', ['sh', '-c', 'exec "$@" >&-', 'sh'])
  t.equal(await served.ring(20), 0, 'no call is lost')
  t.equal(await served.dropped(), 0, 'lines go nowhere')
  t.same(await served.stop(), [0, null])
})

t.test('calls go on at a terminal that was halted', { buffered }, async (t) => {
  if (spawnSync('script', ['-qec', 'true', '/dev/null']).status !== 0)
    return t.plan(0, 'there is no script here')
  const wrap = ['sh', '-c', 'exec script -qfec "echo \\$\\$; exec $*" /dev/null', 'sh']
  const served = await serveInto(t, 'pipe', wrap)
  const [first] = await once(served.child.stdout!.setEncoding('utf8'), 'data')
  served.child.stdout!.pause()
  const pid = Number.parseInt(first, 10)
  await dropLines(t, served)
  process.kill(pid, 'SIGTERM')
  // nobody reads its terminal, so nobody asks for its exit code either
  await until(t, 'it has ended', () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')), GRACE_MS)
})

t.test('dropped lines are counted, and reported once', { buffered }, async (t) => {
  const reports: unknown[][] = []
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const none = openSync('/dev/null', 'w')
  t.teardown(() => closeSync(none))
  const write = () => {}
  let write1 = writerOf({ fd: full, write })
  const output = new LogOutput(
    (bytes, done) => write1(bytes, done),
    1,
    (...facts) => reports.push(facts),
  )
  const line = `${'x'.repeat(20_000)}\n`
  for (let at = 0; at < 500; at += 1) output.write(line)
  await output.flush()
  t.ok(output.dropped > 50 && output.dropped < 100, `${output.dropped} of 500`)
  t.same(reports, [])
  write1 = writerOf({ fd: none, write })
  await until(t, 'it is reported', () => reports.length > 0)
  output.write(line)
  await output.flush()
  t.same(reports, [[output.dropped, 'ENOSPC']])
})

t.test('a closed stderr ends nothing', { buffered }, async (t) => {
  const args = [COMMAND, 'check', '--nothing']
  const { status } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  t.equal(status, 2)
})
