import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { webhook } from '../harness/build.js'
import { clocked } from '../harness/clocked.js'
import { built, folderOf, isTwiml, post, SERVED, until, writeSettled } from '../harness/serving.js'

t.test('admin work is refused while the process is late, calls are not', async (t) => {
  const { post, admin } = await clocked(t)
  await until(t, 'admin work is refused', async () => {
    for (let times = 0; times < 4; times += 1) await busyFor(300)
    const asked = [admin('/api/endpoints'), admin('/api/config'), post('/voice')]
    await busyFor(300)
    const [endpoints, config, call] = (await Promise.all(asked)).map(({ status }) => status)
    return endpoints === 503 && config === 503 && call === 200
  })
  await until(t, 'the admin API is back', async () => (await admin('/api/endpoints')).status === 200)
})

t.test('slow and idle connections cost no call', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeSettled(file, `${SERVED}routes: [{ name: main, to: "+15551230001", say: hello }]`)
  // a process of its own: a connection takes a file descriptor at either end
  const { address } = await built(t, file)
  const { port, hostname } = new URL(address)
  const sockets = Array.from({ length: 2_000 }, () => connect(Number(port), hostname))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)))
  for (const socket of sockets.slice(0, 200)) begin(socket)
  const since = performance.now()
  const placed = await Promise.all(Array.from({ length: 50 }, () => post(address, '/voice', webhook())))
  t.ok(placed.every(isTwiml))
  t.ok(performance.now() - since < 5_000, 'fifty calls meanwhile')
  await Promise.all(closed)
  t.ok(performance.now() - since < 20_000, 'all of them are closed in time')
})

/** Holds the event loop up, as work would, leaves the processor to other tests, and then lets the loop have one turn. */
async function busyFor(ms: number): Promise<void> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  await new Promise((resolve) => setTimeout(resolve, 1))
}

/** A client that sends half of a request and then nothing. */
function begin(socket: Socket): void {
  socket.write('POST /voice HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nCallSid=')
}
