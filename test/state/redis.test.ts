import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createClient } from '@redis/client'
import type { Test } from 'tap'
import t from 'tap'
import { z } from 'zod'
import { SharedRows, Table } from '../../src/state/shared-rows.js'
import { loadText, webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { calls, type Serving, serving, until } from '../harness/serving.js'

const skip =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is not installed (apt-get install redis-server)'

/** A real Redis on a port of its own, which forgets everything when it ends. */
class Redis {
  #child: ChildProcess | undefined
  constructor(readonly port: number) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const chunk of this.#child.stdout!) if (String(chunk).includes('Ready to accept')) break
    this.#child.stdout!.resume()
  }

  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  freeze(): void {
    this.#child!.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child!.kill('SIGCONT')
  }
}

async function redisFor(t: Test): Promise<Redis> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  const redis = new Redis(port)
  t.teardown(() => redis.stop())
  await redis.start()
  return redis
}

const config = (url: string) => `
state: ${url}
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", maxCalls: 2 }
  b: { uri: "sip:{{To}}@b.example.com" }
routes: [{ name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }]
actions: { holiday: { say: away } }
`

async function replicas(t: Test, redis: Redis): Promise<[Serving, Serving]> {
  const pair: [Serving, Serving] = [await serving(t, config(redis.url)), await serving(t, config(redis.url))]
  await bothAre(t, pair, true)
  return pair
}

async function bothAre(t: Test, pair: readonly Serving[], up: boolean): Promise<void> {
  const words = up ? 'both replicas are linked' : 'both replicas know that Redis does not answer'
  await until(t, words, () => pair.every(({ service }) => service.shared?.up === up))
}

const standing = ({ service }: Serving, endpoint = 'a') => service.health.standing(endpoint, Date.now())
const slots = ({ service }: Serving) => service.limits.count('a', Date.now())
const ring = (server: Serving, CallSid: string) => server.post('/voice', webhook({ CallSid }))

t.test('replicas share what they know', { skip }, async (t) => {
  const [one, two] = await replicas(t, await redisFor(t))
  for (const _ of [1, 2, 3]) one.service.health.note('a', 'serverError', Date.now(), 503)
  await until(t, 'an ejection', () => standing(two) === 'ejected')
  two.service.health.note('a', 'answered', Date.now())
  await until(t, 'its end', () => standing(one) === 'up')
  two.service.health.drain('b', 'new firmware')
  await until(t, 'a drain', () => standing(one, 'b') === 'drained')
  const set = { name: 'main', to: 'holiday', until: '1h', author: 'anna', note: 'move' }
  const headers = { 'content-type': 'application/json' }
  await one.admin('/api/overrides', { method: 'POST', headers, body: JSON.stringify(set) })
  await until(t, 'an override', async () => (await ring(two, 'CA1')).body.includes('<Say>away</Say>'))
})

t.test('what a replica learns just before it stops is sent', { skip }, async (t) => {
  const [one, two] = await replicas(t, await redisFor(t))
  one.service.health.drain('a', 'test')
  await one.close()
  await until(t, 'the other one knows', () => standing(two) === 'drained')
})

t.test('a limit holds over all replicas', { skip }, async (t) => {
  const [one, two] = await replicas(t, await redisFor(t))
  const action = actionOf(await ring(one, 'CA1'))
  await ring(one, 'CA2')
  await until(t, 'the other one knows the calls', () => slots(two) === 2)
  t.match((await ring(two, 'CA3')).body, '@b.example.com')
  await two.post(action, webhook({ CallSid: 'CA1', DialCallStatus: 'completed' }))
  await until(t, 'a call ended on the other one', () => slots(one) === 1)
  t.match((await ring(one, 'CA4')).body, '@a.example.com')
})

t.test('ringing is known at whichever replica the outcome comes to', { skip }, async (t) => {
  const [one, two] = await replicas(t, await redisFor(t))
  const silent = webhook({ DialCallStatus: 'no-answer', CallStatus: 'in-progress' })
  const action = actionOf(await ring(one, silent.CallSid!))
  const leg = { CallSid: 'CAleg', ParentCallSid: silent.CallSid!, CallStatus: 'ringing' }
  await one.post('/status?endpoint=a', webhook(leg))
  await until(t, 'the other one knows', () => two.service.rung.any(silent.CallSid!, ['a']))
  t.match((await two.post(action, silent)).body, '<Say>sorry</Say>')
  t.equal(two.service.health.failing.size, 0)
  await two.post('/status', webhook({ CallStatus: 'completed' }))
  await until(t, 'it is forgotten with the call', () => one.service.rung.rows.size === 0)
})

t.test('a call that one replica knows to be over holds no slot of another', { skip }, async (t) => {
  const pair = await replicas(t, await redisFor(t))
  const [one, two] = pair
  await two.post('/status', webhook({ CallSid: 'CA1', CallStatus: 'completed' }))
  await ring(one, 'CA2')
  await ring(one, 'CA1')
  t.equal(slots(one), 2, 'the webhook was under way when the caller left')
  await until(t, 'its slot is free', () => slots(one) === 1 && slots(two) === 1)
})

t.test('a replica that starts learns what holds', { skip }, async (t) => {
  const redis = await redisFor(t)
  const first = await serving(t, config(redis.url))
  first.service.health.drain('a', 'new firmware')
  await until(t, 'the first is linked', () => first.service.shared?.up)
  const late = await serving(t, config(redis.url))
  await until(t, 'the drain', () => standing(late) === 'drained')
})

const troubles: Record<string, { begin(redis: Redis): unknown; end(redis: Redis): unknown }> = {
  stopped: { begin: (redis) => redis.stop(), end: (redis) => redis.start() },
  frozen: { begin: (redis) => redis.freeze(), end: (redis) => redis.thaw() },
}

for (const [name, { begin, end }] of Object.entries(troubles)) {
  t.test(`no call waits for a Redis that is ${name}`, { skip, timeout: 60_000 }, async (t) => {
    const redis = await redisFor(t)
    const pair = await replicas(t, redis)
    const [one, two] = pair
    one.service.health.drain('b', 'before')
    await until(t, 'a drain from before is known', () => standing(two, 'b') === 'drained')
    let rung = 0
    const stop = calls((CallSid) => {
      rung += 1
      return ring(CallSid.endsWith('0') ? one : two, CallSid)
    }, 10)
    const moreCalls = async (then = rung) => until(t, 'calls come in', () => rung >= then + 20)
    await moreCalls()
    await begin(redis)
    await bothAre(t, pair, false)
    t.ok(one.service.shared?.reason)
    t.match((await (await one.admin('/api/config')).json()) as object, { shared: { up: false } })
    t.equal(standing(two, 'b'), 'drained', 'what was known is kept')
    one.service.health.drain('a', 'meanwhile')
    two.service.health.restore('b')
    await moreCalls()
    await end(redis)
    await bothAre(t, pair, true)
    await until(t, 'what was set meanwhile is shared', () => standing(two, 'a') === 'drained')
    t.equal(standing(one, 'a'), 'drained')
    if (name === 'frozen') await until(t, 'and what was lifted', () => standing(one, 'b') === 'up')
    const { placed, lost, wrong, slowest } = await stop()
    t.ok(placed > 20, `${placed} calls`)
    t.same({ lost, wrong }, { lost: 0, wrong: [] })
    t.ok(slowest < 1_000, `slowest answer after ${Math.round(slowest)} ms`)
    const logged = one.lines
      .filter(({ msg }) => String(msg).startsWith('shared state'))
      .map(({ level }) => level)
    t.same(logged.slice(0, 2), [30, 40])
  })
}

t.test('a Redis that was never there costs no call', { skip }, async (t) => {
  const redis = await redisFor(t)
  await redis.stop()
  const server = await serving(t, config(redis.url))
  t.match((await ring(server, 'CA1')).body, '@a.example.com')
  await until(t, 'it is said', () => /ECONNREFUSED/.test(server.service.shared?.reason ?? ''))
  await redis.start()
  await until(t, 'it is there', () => server.service.shared?.up)
  const client = createClient({ url: redis.url })
  await client.connect()
  t.teardown(() => client.close())
  const keys = async () => Object.keys(await client.hGetAll('{dialsip}:rows'))
  await until(t, 'it knows of the call', async () => (await keys()).includes('slots CA1 a'))
})

t.test('what others write into Redis breaks nothing', { skip }, async (t) => {
  const redis = await redisFor(t)
  const [one] = await replicas(t, redis)
  const client = createClient({ url: redis.url })
  await client.connect()
  t.teardown(() => client.close())
  const write = (changes: string) => client.xAdd('{dialsip}:changes', '*', { by: 'x', changes })
  for (const changes of ['{', '{}', '[1]', '[["drains a",{"reason":7}]]', '[["nothing x",1]]'])
    await write(changes)
  await client.hSet('{dialsip}:rows', { 'drains b': '{', odd: '1' })
  await write('[["drains a",{"reason":"x"}]]')
  await until(t, 'what makes sense is taken over', () => standing(one) === 'drained')
  await client.flushAll()
  await until(
    t,
    'Redis is sent it again',
    async () => (await client.hGet('{dialsip}:rows', 'drains a')) !== null,
  )
  t.equal(one.service.shared?.up, true)
})

t.test('why Redis takes no command is said in its own words', { skip }, async (t) => {
  const redis = await redisFor(t)
  const [one] = await replicas(t, redis)
  const client = createClient({ url: redis.url })
  await client.connect()
  t.teardown(() => client.close())
  await client.multi().del('{dialsip}:rows').set('{dialsip}:rows', 'a text').exec()
  t.match((await ring(one, 'CA1')).body, '@a.example.com')
  await until(t, 'it is said', () => /WRONGTYPE/.test(one.service.shared?.reason ?? ''))
  await client.del('{dialsip}:rows')
  await until(t, 'the link is up again', () => one.service.shared?.up)
})

t.test('more changes than go at once all arrive', { skip }, async (t) => {
  const [one, two] = await replicas(t, await redisFor(t))
  for (let at = 0; at < 2_500; at += 1) one.service.health.drain(`e${at}`, 'test')
  await until(t, 'all of them', () => two.service.health.drains.size === 2_500)
})

t.test('a replica that was held up reads everything again', { skip }, async (t) => {
  const redis = await redisFor(t)
  const [one, two] = await replicas(t, redis)
  const client = createClient({ url: redis.url })
  await client.connect()
  t.teardown(() => client.close())
  // a row without its change, as after more changes than Redis keeps
  await client.hSet('{dialsip}:rows', { 'drains b': '{"reason":"x"}' })
  two.service.health.drain('a', 'test')
  await until(t, 'changes are learnt', () => standing(one) === 'drained')
  t.equal(standing(one, 'b'), 'up')
  const now = performance.now.bind(performance)
  t.teardown(() => {
    performance.now = now
  })
  // the clock goes on as it would while something holds the event loop up
  performance.now = () => now() + 5_500
  await until(t, 'all rows are read', () => standing(one, 'b') === 'drained')
})

t.test('only what others may not know waits to be sent', async (t) => {
  const table = new Table('things', z.number())
  const rows = new SharedRows([table])
  table.set('a', 1)
  table.set('b', 2)
  table.delete('a')
  t.same(rows.take(10), [['things b', 2]], 'a came and went')
  table.delete('b')
  t.same(rows.take(10), [['things b', null]])
  table.set('c', 3)
  rows.adopt([['things c', 4]])
  t.equal(table.get('c'), 3, 'what was written here comes later')
  const taken = rows.take(1)
  rows.giveBack(taken)
  t.same(rows.take(10), taken)
  rows.adoptAll(new Map([['things d', 5]]))
  t.same([...table.entries()], [['d', 5]])
  rows.sendAll()
  t.equal(rows.waiting, 1)
})

t.test('state is memory or the URL of a Redis', async (t) => {
  const state = (text: string) => loadText(`state: "${text}"\nroutes: []`)
  t.equal(state('memory').config?.state, undefined)
  t.equal(state('rediss://redis.internal:6380/1').config?.state, 'rediss://redis.internal:6380/1')
  t.match(state('redis.internal').errors, [{ code: 'wrong-value', message: /it lacks redis:\/\// }])
  t.match(state('http://redis').errors, [{ code: 'wrong-value', message: /nor the URL of a Redis$/ }])
  const { config, errors } = state('redis://user:s3cret@redis')
  t.ok(config?.secrets.includes('s3cret'))
  t.match(errors, [{ code: 'literal-secret' }])
  t.notMatch(JSON.stringify(errors), 's3cret')
})
