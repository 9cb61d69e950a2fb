import { once } from 'node:events'
import { createServer, get, type IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { EventClients } from '../../routes/admin/event-clients.js'
import { activate } from '../../routes/service.js'
import { CallBook } from '../../src/calls/call-book.js'
import { webhook } from '../harness/build.js'
import { type Serving, serving } from '../harness/serving.js'

const CONFIG = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
schedules: { office: { timezone: UTC, open: always } }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: bye, to: "+15551230002", reject: busy }
  - { name: hours, to: "+15551230003", rules: [{ if: { schedule: office }, reject: busy }] }
`

interface StreamEvent {
  readonly event: string
  readonly data: Record<string, unknown>
}

/** Listens, and gives the next event of a kind; null when the stream has ended. */
async function listen(t: Test, { admin }: Pick<Serving, 'admin'>, query = '') {
  const aborted = new AbortController()
  t.teardown(() => aborted.abort())
  const { status, headers, body } = await admin(`/api/events${query}`, { signal: aborted.signal })
  const events = eventsIn(body!)
  return { status, headers, next, leave: () => aborted.abort() }

  async function next(kind: string): Promise<StreamEvent['data'] | null> {
    for (;;) {
      const { value, done } = await events.next()
      if (done) return null
      if (value.event === kind) return value.data
    }
  }
}

async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, undefined> {
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as never) as AsyncIterable<string>) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (event !== undefined) yield { event, data: JSON.parse(data!) }
    }
  }
}

t.test('a call is sent as it changes, and the config first of all', async (t) => {
  const server = await serving(t, CONFIG)
  const { headers, next } = await listen(t, server)
  t.equal(headers.get('content-type'), 'text/event-stream; charset=utf-8')
  t.match(await next('config'), {
    revision: server.service.active.config.revision,
    reload: { successful: true },
  })
  await server.post('/voice', webhook({ CallSid: 'CA1' }))
  t.match(await next('call'), { callSid: 'CA1', route: 'main', hops: [{ hop: 'a' }] })
  await server.post('/status', webhook({ CallSid: 'CA9', CallStatus: 'completed' }))
  await server.post('/voice', webhook({ CallSid: 'CA2', To: '+15551230002', From: 'a\nb"<img>' }))
  t.match(await next('call'), { callSid: 'CA2', from: 'a\nb"<img>', outcome: 'reject' })
})

t.test('signatures are sent when one is refused, and the first good one', async (t) => {
  const server = await serving(t, CONFIG)
  const { next } = await listen(t, server)
  await next('config')
  await fetch(`${server.address}/voice`, { method: 'POST', body: new URLSearchParams(webhook()) })
  t.match(await next('signatures'), { accepted: 0, refused: [{ reason: 'no-signature', count: 1 }] })
  await server.post('/voice')
  t.match(await next('signatures'), { accepted: 1, first: /^\d/, refused: [{ count: 1 }] })
})

t.test('an endpoint, an override, a refused config and the link to others are sent', async (t) => {
  const server = await serving(t, CONFIG)
  const { next } = await listen(t, server)
  const { service } = server
  service.health.drain('b', 'upgrade')
  t.match(await next('endpoint'), { name: 'b', state: 'drained', reason: 'upgrade' })
  const now = service.now()
  const override = { kind: 'schedule', name: 'office', to: 'closed', author: 'anna', note: 'outing' } as const
  service.overrides.set({ ...override, since: now, until: now + 60_000 })
  t.match(await next('overrides'), { overrides: [override] })
  service.reload = { ...service.reload, successful: false, failure: '1 error' }
  t.match(await next('config'), { reload: { successful: false, failure: '1 error' } })
  service.shared = { up: false, reason: 'refused' }
  t.match(await next('config'), { shared: { up: false, reason: 'refused' } })
})

t.test('a stream ends after the seconds that were asked for, and when the server stops', async (t) => {
  const server = await serving(t, CONFIG)
  const short = await listen(t, server, '?seconds=0')
  t.equal(await short.next('call'), null)
  const long = await listen(t, server)
  await long.next('config')
  await server.close()
  t.equal(await long.next('call'), null)
})

t.test('other tokens end all streams', async (t) => {
  const server = await serving(t, CONFIG)
  const { next } = await listen(t, server)
  await next('config')
  const { config } = server.service.active
  server.service.active = activate({
    ...config,
    admin: { ...config.admin!, tokens: ['another-token-of-tests'] },
  })
  t.equal(await next('call'), null)
})

t.test('twenty may listen, and one more when one of them has gone', async (t) => {
  const server = await serving(t, CONFIG)
  const all = await Promise.all(Array.from({ length: 20 }, () => listen(t, server)))
  const refused = await server.admin('/api/events')
  t.equal(refused.status, 429)
  t.same(await refused.json(), { error: '20 listen to the events already, which is the most' })
  all[0]!.leave()
  const later = async (): Promise<number> => {
    const { status } = await listen(t, server)
    return status === 429 ? later() : status
  }
  t.equal(await later(), 200)
})

t.test('nothing is noted while nobody listens', (t) => {
  const book = new CallBook()
  const call = book.open('CA1', 0)
  const noted = {
    at: 0,
    path: '/voice',
    status: 200,
    decision: undefined,
    idempotencyKey: '',
    form: '',
    twiml: '',
  }
  book.noteWebhook(call, noted, [])
  t.same(book.takeChanged(10), [])
  book.watch(true)
  book.noteWebhook(call, noted, [])
  for (let at = 2; at < 1_005; at += 1) book.noteWebhook(book.open(`CA${at}`, at), noted, [])
  book.noteWebhook(call, noted, [])
  t.same(
    book.takeChanged(2).map(({ callSid }) => callSid),
    ['CA1', 'CA2'],
  )
  t.equal(book.takeChanged(10_000).length, 998, 'a thousand wait at most')
  book.watch(false)
  t.same(book.takeChanged(10), [])
  t.end()
})

t.test('while calls wait, listeners wait as well', async (t) => {
  const server = await serving(t, CONFIG)
  const { next } = await listen(t, server)
  await next('config')
  server.service.health.drain('a', 'upgrade')
  const until = performance.now() + 600
  while (performance.now() < until);
  t.match(await next('endpoint'), { name: 'a' })
})

t.test('a client that does not read is cut off, the others are not', async (t) => {
  const clients = new EventClients()
  const gone: string[] = []
  const server = createServer(({ url }, response) => {
    response.writeHead(200).write(' ')
    clients.add(response, () => gone.push(url!))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = async (path: string) => {
    const [response] = (await once(get({ port, path }), 'response')) as [IncomingMessage]
    return response.on('error', () => {})
  }
  const [slow, quick] = [(await open('/slow')).pause(), await open('/quick')]
  t.teardown(() => {
    for (const response of [slow, quick]) response.destroy()
    server.close()
  })
  const text = 'x'.repeat(100_000)
  let read = 0
  quick.on('data', (chunk: Buffer) => {
    read += chunk.length
  })
  for (let sent = 0; gone.length === 0; ) {
    clients.send('call', text)
    for (sent += text.length; read < sent; ) await once(quick, 'data')
  }
  t.same(gone, ['/slow'])
  t.equal(clients.size, 1)
})

t.test('listeners get comment lines that keep the connection', (t) => {
  const clients = new EventClients()
  const response = new ServerResponse({ method: 'GET' } as never)
  const written: string[] = []
  response.write = (text: string) => written.push(text) > 0
  clients.add(response, () => {})
  clients.beat()
  t.same(written, [':\n\n'])
  t.end()
})
