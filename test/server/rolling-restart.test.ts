import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { built, calls, folderOf, isTwiml, post, SERVED, until, writeSettled } from '../harness/serving.js'

const CONFIG = `${SERVED}
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes: [{ name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }]
`

/** A proxy as docs/deploy.md has it: connections are kept alive, and what one server does not take the next one gets. */
async function proxy(t: Test, servers: string[]): Promise<string> {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const server = createServer(async function pass(incoming, outgoing) {
    const body = await buffer(incoming)
    turn += 1
    const first = turn
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const done = await forward(servers[(first + attempt) % servers.length]!, incoming, body, outgoing)
      if (done) return
      await sleep(20 * attempt)
    }
    outgoing.writeHead(502).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`

  async function forward(
    to: string,
    { url, method, headers }: IncomingMessage,
    body: Buffer,
    back: ServerResponse,
  ) {
    try {
      const upstream = request(to + url, { method, headers, agent }).end(body)
      const [answer] = (await once(upstream, 'response')) as [IncomingMessage]
      const text = await buffer(answer)
      back.writeHead(answer.statusCode!, { 'content-type': answer.headers['content-type'] }).end(text)
      return true
    } catch {
      return false
    }
  }
}

t.test('a rolling restart under load loses no webhook', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeSettled(file, CONFIG)
  const replicas = await Promise.all([built(t, file), built(t, file)])
  const servers = replicas.map(({ address }) => address)
  const address = await proxy(t, servers)
  const broken: string[] = []

  /** A whole call: Frankfurt is down, so it comes back for the next hop, and may meet another replica then. */
  async function call(CallSid: string) {
    const reply = await post(address, '/voice', webhook({ CallSid }))
    if (!isTwiml(reply)) return reply
    const outcome = { DialCallStatus: 'failed', DialSipResponseCode: '503' }
    const next = await post(address, actionOf(reply), webhook({ CallSid, ...outcome }))
    if (
      !next.body.includes('@b.example.com') &&
      !next.body.includes('@a.example.com') &&
      !next.body.includes('sorry')
    )
      broken.push(next.body)
    return next
  }

  let rung = 0
  const stop = calls((callSid) => {
    rung += 1
    return call(callSid)
  }, 20)
  const moreCalls = async (then = rung) => until(t, 'calls come in', () => rung >= then + 30)
  for (const [at, replica] of replicas.entries()) {
    await moreCalls()
    t.equal(await replica.stop(), 0, 'it ends in peace')
    await moreCalls()
    const { address } = await built(t, file)
    servers[at] = address
  }
  await moreCalls()
  const { placed, lost, wrong, slowest } = await stop()
  t.ok(placed > 100, `${placed} calls`)
  t.same({ lost, wrong, broken }, { lost: 0, wrong: [], broken: [] })
  t.ok(slowest < 10_000, `slowest call after ${Math.round(slowest)} ms`)
})
