import { spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { halfCall } from '../harness/half-call.js'
import { COMMAND, configFile, freePort, GRACE_MS } from '../harness/server-process.js'
import { ENV, isTwiml, until, writeSettled } from '../harness/serving.js'

/** How a command line becomes process 1 of a name space of its own, as in a container; undefined where it may not. */
const ASIDE = [
  ['unshare', '--fork', '--pid'],
  ['unshare', '--user', '--map-root-user', '--fork', '--pid'],
].find(([command, ...args]) => spawnSync(command!, [...args, 'true']).status === 0)

/** Runs tests with a process that has another number, and with process 1; where none may be made, it takes itself for it. */
function forEachKind(title: string, run: (t: Test, kind: Kind) => Promise<void>): void {
  t.test(title, (t) => run(t, { wrap: [], one: false }))
  t.test(`${title}, as process 1${ASIDE ? '' : ' by its own account'}`, (t) =>
    run(t, { wrap: ASIDE ?? [], one: true }),
  )
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
  const heard = new EventEmitter()
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk) => {
      said += chunk
      heard.emit('more')
    })
  const ended = once(child, 'close')
  const pid = wrap.length > 0 ? await childOf(t, child.pid!) : child.pid!
  return { text: () => said, ended, pid, says, kill: (signal: NodeJS.Signals) => process.kill(pid, signal) }

  async function says(what: string): Promise<void> {
    while (!said.includes(what)) await once(heard, 'more')
    t.pass(`it says ${what}`)
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

/** Says so as soon as there is a handler for this signal, and at once: from Node 24 on a next tick comes after the load. */
const tellOf = (signal: string) => `
const on = process.on
process.on = function (name, ...rest) {
  on.call(this, name, ...rest)
  if (first && name === '${signal}') console.error('READY')
  return this
}
`

/** Says so when it is about to read this file. */
const tellRead = (file: string) => `
const { default: fs } = await import('node:fs')
const { syncBuiltinESMExports } = await import('node:module')
const { openSync } = fs
fs.openSync = function (path, ...rest) {
  if (path === ${JSON.stringify(file)}) console.error('READS')
  return openSync(path, ...rest)
}
syncBuiltinESMExports()
`

/** Says so when it is about to listen. */
const TELL_LISTEN = `
const { Server } = await import('node:net')
const { listen } = Server.prototype
Server.prototype.listen = function (...args) {
  console.error('LISTENS SOON')
  return listen.apply(this, args)
}
`

/** Says at the end which packages were loaded, and what of our own routes. */
const TELL_LOADED = `
const { Session } = await import('node:inspector')
const session = new Session()
session.connect()
const loaded = new Set()
session.on('Debugger.scriptParsed', function note({ params }) {
  loaded.add(/^.*?\\/(?:node_modules|dist)\\/((?:@[^/]+\\/|routes\\/)?[^/]+)/.exec(params.url)?.[1])
})
session.post('Debugger.enable')
process.on('exit', () => console.error('LOADED', ...loaded, '.'))
`

forEachKind('a stop ends a server that has only just begun to start', async (t, kind) => {
  const signal = kind.one ? 'SIGTERM' : 'SIGHUP'
  const served = await start(t, kind, ['serve', '-c', configFile(t, 2_000)], tellOf(signal))
  await served.says('READY')
  served.kill('SIGTERM')
  const end = await served.ended
  t.same(end, kind.one ? [0, null] : [null, 'SIGTERM'])
  t.notMatch(served.text(), '"listening"')
})

forEachKind('a stop while the config is read ends the start', async (t, kind) => {
  const file = configFile(t, 2_000)
  const served = await start(t, kind, ['serve', '-c', file], tellRead(file))
  await served.says('READS')
  served.kill('SIGTERM')
  t.same(await served.ended, kind.one ? [0, null] : [null, 'SIGTERM'])
  t.notMatch(served.text(), '"listening"')
})

forEachKind('a stop just before it listens ends the server within the grace', async (t, kind) => {
  const served = await start(t, kind, ['serve', '-c', configFile(t)], TELL_LISTEN)
  await served.says('LISTENS SOON')
  const since = performance.now()
  served.kill('SIGTERM')
  t.same(await served.ended, [0, null])
  t.ok(performance.now() - since < GRACE_MS, 'within the grace')
})

forEachKind('a stop at the first readyz answers what is in flight', async (t, kind) => {
  const port = await freePort()
  const file = configFile(t)
  writeSettled(file, readFileSync(file, 'utf8').replace('127.0.0.1:0', `127.0.0.1:${port}`))
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    )
  const served = await start(t, kind, ['serve', '-c', file], TELL_LISTEN)
  await served.says('LISTENS SOON')
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
  const command = await start(t, kind, ['check', configFile(t)], busy)
  await command.says('BUSY')
  command.kill('SIGINT')
  t.same(await command.ended, kind.one ? [130, null] : [null, 'SIGINT'])
})

forEachKind('a command gives its output and its exit code', async (t, kind) => {
  const version = await start(t, kind, ['--version'])
  t.same(await version.ended, [0, null])
  t.equal(version.text(), `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`)
  const wrong = await start(t, kind, ['nothing'])
  t.same(await wrong.ended, [2, null])
  t.match(wrong.text(), 'there is no command "nothing"')
})

t.test('a SIGHUP during the start loads the config once more after it', async (t) => {
  const served = await start(t, { wrap: [], one: false }, ['serve', '-c', configFile(t)], tellOf('SIGHUP'))
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
  const file = configFile(t)
  const { port } = taken.address() as AddressInfo
  writeSettled(file, readFileSync(file, 'utf8').replace('127.0.0.1:0', `127.0.0.1:${port}`))
  const served = await start(t, { wrap: [], one: false }, ['serve', '-c', file])
  t.same(await served.ended, [1, null])
  t.match(served.text(), /dialsip: listen EADDRINUSE/)
})

t.test('a start loads no package that its config does not need', async (t) => {
  const kind = { wrap: [], one: false }
  const file = configFile(t)
  writeSettled(file, readFileSync(file, 'utf8').replace('admin: { listen: "127.0.0.1:0" }', 'admin: off'))
  const checked = await start(t, kind, ['check', file], TELL_LOADED)
  t.same(await checked.ended, [0, null])
  t.match(checked.text(), /LOADED.* zod /)
  t.notMatch(checked.text(), / (?:xmlbuilder2|csv-parse|tinyglobby|fastify) /)
  const served = await start(t, kind, ['serve', '-c', file], TELL_LOADED)
  await served.says('"listening"')
  served.kill('SIGTERM')
  await served.ended
  t.match(served.text(), /LOADED.* zod .* routes\/public-app.js .* fastify .* xmlbuilder2 /)
  t.notMatch(served.text(), / (?:csv-parse|tinyglobby|@redis\/client|ajv|routes\/admin-app.js) /)
})
