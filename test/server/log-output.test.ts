import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import twilio from 'twilio'
import { LogOutput, writerOf } from '../../bin/log-output.js'
import { mostConnections } from '../../bin/most-connections.js'
import { Connections } from '../../routes/connections.js'
import { TOKEN, webhook } from '../harness/build.js'
import { BASE, calls, ENV, folderOf, isTwiml, post, SERVED, until } from '../harness/serving.js'

const COMMAND = 'dist/bin/dialsip.js'

/** How long a stop may take at most. */
const GRACE_MS = 10_000

/** A port that is free now, for a server that cannot say which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A server whose stdout is this file descriptor, or what this command line makes of it; once it is ready. */
async function serveInto(t: Test, stdout: number | 'pipe', wrap: readonly string[] = []) {
  const folder = folderOf(t)
  const file = join(folder, 'dialsip.yaml')
  const [port, adminPort] = [await freePort(), await freePort()]
  const listens = SERVED.replace('127.0.0.1:0', `127.0.0.1:${port}`).replace(
    '127.0.0.1:0',
    `127.0.0.1:${adminPort}`,
  )
  writeFileSync(
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
  return { child, ring, dropped, stop }

  /** A call whose line in the log is long, so that a few hundred of them fill what may wait. */
  function ring(CallSid: string) {
    return post(address, '/voice', webhook({ CallSid, Padding: 'x'.repeat(40_000) }))
  }

  async function dropped(): Promise<number> {
    const metrics = await (await fetch(`${admin}/metrics`)).text()
    return Number(/^dialsip_log_lines_dropped_total (\d+)$/m.exec(metrics)![1])
  }

  async function stop(): Promise<unknown[]> {
    return stopWithinGrace(t, child)
  }
}

async function stopWithinGrace(t: Test, child: ChildProcess): Promise<unknown[]> {
  const since = performance.now()
  child.kill('SIGTERM')
  const end = await once(child, 'exit')
  t.ok(performance.now() - since < GRACE_MS, 'within the grace')
  return end
}

type Served = Awaited<ReturnType<typeof serveInto>>

/** Calls come in until lines are dropped, and none of them is lost. */
async function dropLines(t: Test, { ring, dropped }: Served): Promise<void> {
  const stop = calls(ring, 5)
  await until(t, 'lines are dropped', async () => (await dropped()) > 0, 60_000)
  const { lost, wrong, slowest } = await stop()
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.ok(slowest < 10_000, `slowest call after ${Math.round(slowest)} ms`)
}

/** A named pipe whose both ends are open here. */
function fifo(t: Test): { path: string; fd: number } {
  const path = join(folderOf(t), 'log')
  t.equal(spawnSync('mkfifo', [path]).status, 0)
  const fd = openSync(path, 'r+')
  t.teardown(() => closeSync(fd))
  return { path, fd }
}

/** Every line that stands in this text, whole. */
function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

t.test('calls go on while the disk is full, and the log when it has room again', async (t) => {
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

t.test('a server whose log finds no room ends in peace', async (t) => {
  const served = await serveInto(t, openSync('/dev/full', 'w'))
  await dropLines(t, served)
  t.same(await served.stop(), [0, null])
})

t.test('calls go on while nobody reads the log, and lines come when somebody does', async (t) => {
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
})

t.test('a server whose log nobody reads ends in peace', async (t) => {
  for (const stdout of [fifo(t).fd, 'pipe'] as const) {
    const served = await serveInto(t, stdout)
    await dropLines(t, served)
    t.same(await served.stop(), [0, null])
  }
})

t.test('calls go on after the reader of the log has gone', async (t) => {
  const served = await serveInto(t, 'pipe')
  served.child.stdout!.destroy()
  await dropLines(t, served)
  t.same(await served.stop(), [0, null])
})

t.test('a server may be started without a stdout', async (t) => {
  const served = await serveInto(t, 'pipe', ['sh', '-c', 'exec "$@" >&-', 'sh'])
  const stop = calls(served.ring, 5)
  await until(t, 'lines go nowhere', async () => (await served.dropped()) === 0)
  const { lost, wrong } = await stop()
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.same(await served.stop(), [0, null])
})

t.test('calls go on at a terminal that was halted', async (t) => {
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

t.test('lines that found no room are counted, and told of once', async (t) => {
  const told: unknown[][] = []
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const none = openSync('/dev/null', 'w')
  t.teardown(() => closeSync(none))
  const write = () => {}
  let write1 = writerOf({ fd: full, write })
  const output = new LogOutput(
    (bytes, done) => write1(bytes, done),
    1,
    (...facts) => told.push(facts),
  )
  const line = `${'x'.repeat(20_000)}\n`
  for (let at = 0; at < 500; at += 1) output.write(line)
  await output.flush()
  t.ok(output.dropped > 50 && output.dropped < 100, `${output.dropped} of 500`)
  t.same(told, [])
  write1 = writerOf({ fd: none, write })
  await until(t, 'it is told', () => told.length > 0)
  output.write(line)
  await output.flush()
  t.same(told, [[output.dropped, 'ENOSPC']])
})

/** How a command line becomes process 1 of a name space of its own, as in a container; undefined where it may not. */
const ASIDE = [
  ['unshare', '--fork', '--pid'],
  ['unshare', '--user', '--map-root-user', '--fork', '--pid'],
].find(([command, ...args]) => spawnSync(command!, [...args, 'true']).status === 0)

/** Runs tests with a process that has another number, one that takes itself for process 1, and one that is. */
function forEachKind(title: string, run: (t: Test, kind: Kind) => Promise<void>): void {
  t.test(title, (t) => run(t, { wrap: [], one: false }))
  t.test(`${title}, as process 1 by its own account`, (t) => run(t, { wrap: [], one: true }))
  t.test(`${title}, as process 1`, async (t) => {
    if (!ASIDE) return t.plan(0, 'no process name space may be made here')
    await run(t, { wrap: ASIDE, one: true })
  })
}

interface Kind {
  readonly wrap: readonly string[]
  readonly one: boolean
}

/** The first process of a command line, and what it says; `before` runs in it and in its children before all else. */
async function start(t: Test, { wrap, one }: Kind, args: readonly string[], before = '') {
  const isFirst = `const first = process.pid === 1 || process.ppid === ${process.pid}\n`
  const claim = one ? "if (first) Object.defineProperty(process, 'pid', { value: 1 })\n" : ''
  const preload = `data:text/javascript,${encodeURIComponent(isFirst + claim + before)}`
  const [command, ...rest] = [...wrap, process.execPath, '--import', preload, COMMAND, ...args]
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...ENV } })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk) => {
      said += chunk
    })
  const ended = once(child, 'close')
  const pid = wrap.length > 0 ? await childOf(t, child.pid!) : child.pid!
  return { text: () => said, ended, pid, says, kill: (signal: NodeJS.Signals) => process.kill(pid, signal) }

  async function says(what: string): Promise<void> {
    await until(t, `it says ${what}`, () => said.includes(what), 60_000)
  }
}

async function childOf(t: Test, pid: number): Promise<number> {
  let children = ''
  await until(t, 'it has a child', () => {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return children
  })
  return Number.parseInt(children, 10)
}

/** Says so as soon as there is a handler for this signal. */
const tellOf = (signal: string) => `
process.on('newListener', (name) => {
  if (first && name === '${signal}') process.nextTick(() => console.error('READY'))
})`

/** A config with so many routes that it takes its time. */
function configOf(t: Test, routes = 1): string {
  const file = join(folderOf(t), 'dialsip.yaml')
  const lines = Array.from(
    { length: routes },
    (_, at) =>
      `  - { name: r${at}, to: "+1555${1230001 + at}", dial: "sip:a@a.example.com", otherwise: { say: no } }`,
  )
  writeFileSync(file, `${SERVED}routes:\n${lines.join('\n')}\n`)
  return file
}

forEachKind('a stop ends a server that has only just begun to start', async (t, kind) => {
  const signal = kind.one ? 'SIGTERM' : 'SIGHUP'
  const served = await start(t, kind, ['serve', '-c', configOf(t, 5_000)], tellOf(signal))
  await served.says('READY')
  served.kill('SIGTERM')
  const end = await served.ended
  t.same(end, kind.one ? [0, null] : [null, 'SIGTERM'])
  t.notMatch(served.text(), '"listening"')
})

forEachKind('a stop at any moment of the start ends the server', async (t, kind) => {
  const file = configOf(t, 2_000)
  for (const ms of [200, 800]) {
    const served = await start(t, kind, ['serve', '-c', file], tellOf('SIGHUP'))
    await served.says('READY')
    await new Promise((resolve) => setTimeout(resolve, ms))
    const listened = served.text().includes('"listening"')
    const since = performance.now()
    served.kill('SIGTERM')
    const [code, by] = await served.ended
    t.ok(performance.now() - since < GRACE_MS, 'within the grace')
    t.ok(code === 0 || (by === 'SIGTERM' && !listened && !kind.one), `${code} ${by} after ${ms} ms`)
  }
})

/** A webhook whose connection stands, and of which half is sent; `finish` sends the rest and gives the answer. */
async function halfCall(port: number, agent: Agent | false = false) {
  const params = webhook()
  const body = new URLSearchParams(params).toString()
  const signature = twilio.getExpectedTwilioSignature(TOKEN, `${BASE}/voice`, params)
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    'x-twilio-signature': signature,
  }
  const half = request({ port, host: '127.0.0.1', path: '/voice', method: 'POST', headers, agent })
  half.write(body.slice(0, 20))
  const [socket] = await once(half, 'socket')
  if (socket.connecting) await once(socket, 'connect')
  return async function finish() {
    const answer = once(half, 'response')
    half.end(body.slice(20))
    const [response] = await answer
    return { status: response.statusCode as number, body: await readAll(response) }
  }
}

forEachKind('a stop at the first readyz answers what is in flight', async (t, kind) => {
  const port = await freePort()
  const file = configOf(t)
  writeFileSync(file, readFileSync(file, 'utf8').replace('127.0.0.1:0', `127.0.0.1:${port}`))
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    )
  const served = await start(t, kind, ['serve', '-c', file])
  while (!(await isReady()));
  const calls = await Promise.all(Array.from({ length: 20 }, () => halfCall(port)))
  served.kill('SIGTERM')
  const answers = await Promise.all(calls.map((finish) => finish()))
  t.ok(answers.every(isTwiml), 'no call is lost')
  t.same(await served.ended, [0, null])
  t.match(served.text(), '"stopped"')
})

forEachKind('SIGINT ends a command that is busy', async (t, kind) => {
  // without the handlers of what measures coverage
  const loop = "{ process.removeAllListeners('SIGINT'); console.error('BUSY'); for (;;); }"
  const busy = kind.one ? `if (!first) ${loop}` : loop
  const command = await start(t, kind, ['check', configOf(t)], busy)
  await command.says('BUSY')
  command.kill('SIGINT')
  t.same(await command.ended, kind.one ? [130, null] : [null, 'SIGINT'])
})

forEachKind('a command gives its output and its exit code', async (t, kind) => {
  const version = await start(t, kind, ['--version'])
  t.same(await version.ended, [0, null])
  t.match(version.text(), /^\d+\.\d+\.\d+\n$/)
  const wrong = await start(t, kind, ['nothing'])
  t.same(await wrong.ended, [2, null])
  t.match(wrong.text(), 'there is no command "nothing"')
})

t.test('a SIGHUP during the start loads the config once more after it', async (t) => {
  const served = await start(t, { wrap: [], one: false }, ['serve', '-c', configOf(t)], tellOf('SIGHUP'))
  await served.says('READY')
  served.kill('SIGHUP')
  await served.says('config reloaded')
  served.kill('SIGHUP')
  await until(t, 'and again', () => served.text().split('config reloaded').length === 3)
  served.kill('SIGTERM')
  t.same(await served.ended, [0, null])
})

t.test('a server that cannot listen exits with 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const file = configOf(t)
  const { port } = taken.address() as AddressInfo
  writeFileSync(file, readFileSync(file, 'utf8').replace('127.0.0.1:0', `127.0.0.1:${port}`))
  const served = await start(t, { wrap: [], one: false }, ['serve', '-c', file])
  t.same(await served.ended, [1, null])
  t.match(served.text(), /dialsip: listen EADDRINUSE/)
})

/** A connection that stays open, after this was sent on it. */
async function idle(t: Test, port: number, sent = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume()
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(sent)
  return socket
}

t.test('idle connections keep neither a new caller out nor one that has signed', async (t) => {
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = configOf(t)
  const listens = readFileSync(file, 'utf8')
    .replace('127.0.0.1:0', `127.0.0.1:${port}`)
    .replace('127.0.0.1:0', `127.0.0.1:${adminPort}`)
  writeFileSync(file, listens)
  const wrap = ['sh', '-c', 'ulimit -n 900; exec "$@"', 'sh', process.execPath, COMMAND]
  const child = spawn(wrap[0]!, [...wrap.slice(1), 'serve', '-c', file], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let log = ''
  child.stdout.on('data', (chunk) => {
    log += chunk
  })
  await until(t, 'it listens', () => log.includes('"listening"'), 60_000)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const signed = await halfCall(port, agent)
  t.ok(isTwiml(await signed()))
  const [first] = [await idle(t, port)]
  const gone = once(first, 'close')
  for (let at = 0; at < 500; at += 1) await idle(t, port, 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')
  for (let at = 0; at < 500; at += 1) await idle(t, port)
  for (let at = 0; at < 500; at += 1) await idle(t, adminPort)
  await idle(t, port, 'POST /voice HTTP/1.1\r\nHost: a')
  await gone
  const since = performance.now()
  t.ok(isTwiml(await post(`http://127.0.0.1:${port}`, '/voice', webhook({ CallSid: 'CA2' }))), 'a new caller')
  const again = await halfCall(port, agent)
  t.ok(isTwiml(await again()), 'one that has signed')
  t.equal((await fetch(`http://127.0.0.1:${adminPort}/metrics`)).status, 200, 'an operator')
  t.ok(performance.now() - since < 5_000, 'without waiting for others to leave')
  t.equal(Object.values(agent.freeSockets).flat().length, 1, 'on one connection')
  t.same(await stopWithinGrace(t, child), [0, null])
})

t.test('connections that carry webhooks are never closed for new ones', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const connections = new Connections(server, 2)
  server.on('connection', (socket: Socket) => connections.trust(socket))
  const { port } = server.address() as AddressInfo
  const first = await idle(t, port)
  const second = await idle(t, port)
  const third = await idle(t, port)
  await once(third, 'close')
  t.same([first.destroyed, second.destroyed], [false, false])
})

t.test('the limit of open files bounds the connections', async (t) => {
  const limits = (text: string) => mostConnections(join(t.testdir({ limits: text }), 'limits'))
  t.equal(limits('Max open files            1024                 4096                 files\n'), 624)
  t.equal(limits('Max open files            300                  300                  files\n'), 400)
  t.equal(limits('Max open files            1048576              1048576              files\n'), 15_000)
  t.equal(limits('Max open files            unlimited            unlimited            files\n'), 15_000)
  t.equal(mostConnections(join(t.testdir(), 'limits')), 15_000)
})

t.test('words that cannot be written to stderr end nothing', async (t) => {
  const args = [COMMAND, 'check', '--nothing']
  const { status } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  t.equal(status, 2)
})
