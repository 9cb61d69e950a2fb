import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { mostConnections } from '../../bin/most-connections.js'
import { Connections } from '../../routes/connections.js'
import { webhook } from '../harness/build.js'
import { halfCall } from '../harness/half-call.js'
import { COMMAND, configFile, freePort, stopWithinGrace } from '../harness/server-process.js'
import { ENV, isTwiml, post, serving, until } from '../harness/serving.js'

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

t.test('a server to which nobody is connected waits for nobody when it stops', async (t) => {
  const ends: string[] = []
  const { close } = await serving(t, '')
  const wait = setTimeout(() => ends.push('half a second'), 490)
  await close().then(() => ends.push('the server'))
  t.same(ends, ['the server'])
  clearTimeout(wait)
})

t.test('idle connections keep neither a new caller out nor one that has signed', async (t) => {
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = configFile(t)
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
