import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import type { Test } from 'tap'
import t from 'tap'
import type { NoProgressResult, WatchClock, WatchedLeg } from '../../src/state/progress-watch.js'
import { ProgressWatch } from '../../src/state/progress-watch.js'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { cases } from '../harness/cases.js'
import { run } from '../harness/run.js'
import { SERVED, type Serving, serving, until } from '../harness/serving.js'

/** Time that passes only when a test says so. */
class TestClock implements WatchClock {
  #now = 0
  readonly #timers = new Set<{ readonly at: number; act(): void | Promise<void> }>()

  now(): number {
    return this.#now
  }

  after(milliseconds: number, act: () => void | Promise<void>): () => void {
    const timer = { at: this.#now + milliseconds, act }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers run. */
  get running(): number {
    return this.#timers.size
  }

  /** Lets time pass: what is due meanwhile is done in its order, each with all that follows from it at once. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      await next.act()
      await settled()
    }
    this.#now = end
  }

  #next(end: number) {
    let first: { readonly at: number; act(): void | Promise<void> } | undefined
    for (const timer of this.#timers) if (timer.at <= end && (!first || timer.at < first.at)) first = timer
    return first
  }
}

/** More turns than any chain of promises in the watch has. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await undefined
}

// --- the state machine ------------------------------------------------------------------------------------------

interface Asked {
  readonly results: [NoProgressResult, string?][]
  looks: number
  cancels: number
}

/** A leg of which Twilio always says the same. */
function leg(status: string | Error | undefined, more: Partial<WatchedLeg> = {}, canceled = 'canceled') {
  const asked: Asked = { results: [], looks: 0, cancels: 0 }
  const watched: WatchedLeg = {
    callSid: 'CAleg',
    parent: 'CA1',
    endpoint: 'a',
    async look() {
      asked.looks += 1
      if (status instanceof Error) throw status
      return status === undefined ? undefined : { status, cancel }
    },
    ended: (...result) => asked.results.push(result),
    ...more,
  }
  return { watched, asked }

  async function cancel(): Promise<string> {
    asked.cancels += 1
    return canceled
  }
}

t.test('what Twilio says of a silent leg decides what becomes of it', async (t) => {
  const cases: [string | Error | undefined, canceled: string, NoProgressResult, string?][] = [
    ['queued', 'canceled', 'canceled'],
    ['initiated', 'canceled', 'canceled'],
    ['initiated', 'initiated', 'canceled'],
    ['initiated', 'in-progress', 'ringing'],
    ['initiated', 'busy', 'over'],
    ['ringing', '', 'ringing'],
    ['in-progress', '', 'ringing'],
    ['completed', '', 'over'],
    ['canceled', '', 'over'],
    ['on-hold', '', 'failed', 'Twilio says that it is "on-hold"'],
    [new Error('429'), '', 'failed', '429'],
    [undefined, '', 'skipped'],
  ]
  for (const [status, canceled, ...result] of cases) {
    const clock = new TestClock()
    const watch = new ProgressWatch(clock)
    const { watched, asked } = leg(status, {}, canceled)
    watch.begin(watched, 4)
    watch.begin(watched, 4)
    await clock.pass(3_999)
    t.equal(asked.looks, 0)
    await clock.pass(1)
    t.strictSame(asked.results.flat().filter(Boolean), result, String(status))
    t.equal(asked.cancels, Number(canceled !== ''))
    watch.begin(watched, 4)
    await clock.pass(10_000)
    t.equal(asked.looks, 1, 'asked once, however often it is said to be initiated')
    t.equal(watch.size, 0)
  }
})

t.test('what is heard of a leg stops its clock, also before it begins', async (t) => {
  const ways: Record<string, (watch: ProgressWatch) => void> = {
    rings: (watch) => watch.hear('CAleg', 'ringing'),
    'is over': (watch) => watch.hear('CAleg', 'over'),
    'its dial ends': (watch) => watch.end('CA1', ['b', 'a']),
    'its call ends': (watch) => watch.end('CA1'),
    'the server stops': (watch) => watch.stop(),
  }
  for (const [name, way] of Object.entries(ways)) {
    const clock = new TestClock()
    const watch = new ProgressWatch(clock)
    const { watched, asked } = leg('queued')
    watch.begin(watched, 4)
    await clock.pass(3_999)
    way(watch)
    t.equal(clock.running, 0, name)
    await clock.pass(10_000)
    t.strictSame(asked, { results: [], looks: 0, cancels: 0 }, name)
  }
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  watch.hear('CAleg', 'ringing')
  watch.begin(leg('queued').watched, 4)
  t.equal(watch.size, 0, 'the callbacks have overtaken each other')
})

t.test('the end of one hop says nothing of the legs of another', async (t) => {
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  const { watched, asked } = leg('queued')
  watch.begin(watched, 4)
  watch.end('CA1', ['b'])
  watch.end('CA2')
  await clock.pass(4_000)
  t.equal(asked.cancels, 1)
})

t.test('a leg that is heard of while it is looked up is not cancelled', async (t) => {
  const news: [(watch: ProgressWatch) => void, NoProgressResult][] = [
    [(watch) => watch.hear('CAleg', 'ringing'), 'ringing'],
    [(watch) => watch.end('CA1', ['a']), 'over'],
    [(watch) => watch.stop(), 'skipped'],
  ]
  for (const [report, result] of news) {
    for (const fails of [false, true]) {
      const clock = new TestClock()
      const watch = new ProgressWatch(clock)
      const { watched, asked } = leg('queued', {
        async look() {
          report(watch)
          if (fails) throw new Error('reset')
          return { status: 'queued', cancel: async () => t.fail('it is cancelled') as never }
        },
      })
      watch.begin(watched, 4)
      await clock.pass(4_000)
      t.strictSame(asked.results, [[result, undefined]])
    }
  }
})

t.test('an answer that took two seconds is too old to cancel by', async (t) => {
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  const { watched, asked } = leg('queued', {
    look: () =>
      new Promise((resolve) => {
        clock.after(2_001, () => resolve({ status: 'queued', cancel: async () => t.fail() as never }))
      }),
  })
  watch.begin(watched, 4)
  await clock.pass(7_000)
  t.strictSame(asked.results, [['failed', 'Twilio answered too late']])
})

t.test('ten legs are asked for at once; the others wait and may still ring', async (t) => {
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  let open = 0
  let most = 0
  const legs = Array.from({ length: 30 }, (_, at) =>
    leg('queued', {
      callSid: `CA${at}`,
      async look() {
        open += 1
        most = Math.max(most, open)
        await new Promise<void>((done) => void clock.after(500, done))
        open -= 1
        return { status: 'queued', cancel: async () => 'canceled' }
      },
    }),
  )
  for (const { watched } of legs) watch.begin(watched, 4)
  await clock.pass(4_000)
  watch.hear('CA15', 'ringing')
  watch.hear('CA29', 'over')
  t.strictSame(
    legs[15]!.asked.results,
    [['ringing', undefined]].map(([first]) => [first]),
  )
  await clock.pass(10_000)
  t.equal(most, 10)
  const results = legs.map(({ asked }) => asked.results[0]![0])
  t.equal(results.filter((result) => result === 'canceled').length, 28)
  t.equal(watch.size, 0)
})

t.test('of more than ten thousand silent legs no further one is watched', async (t) => {
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  for (let at = 0; at < 10_000; at += 1) watch.begin(leg('queued', { callSid: `CA${at}` }).watched, 4)
  const { watched, asked } = leg('queued')
  watch.begin(watched, 4)
  t.strictSame(asked.results, [['skipped', '10000 legs are watched already']])
  t.equal(watch.size, 10_000)
  watch.stop()
  t.strictSame([watch.size, clock.running], [0, 0])
})

// --- every order of events --------------------------------------------------------------------------------------

/** When what becomes of a leg in truth, in milliseconds from its beginning; no `rings`: it is silent up to its end. */
interface Truth {
  readonly rings: number | undefined
  /** After it rings; undefined: nobody answers. */
  readonly answers: number | undefined
  readonly ends: number
  /** How late each callback is, each as often as it comes: initiated, ringing, in-progress, the end, the action. */
  readonly late: readonly (readonly number[])[]
}

const at = fc.integer({ min: 0, max: 12_000 })
const late = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9_000 })), { maxLength: 3 })

const truth: fc.Arbitrary<Truth> = fc.record({
  rings: fc.option(at, { nil: undefined }),
  answers: fc.option(at, { nil: undefined }),
  ends: fc.integer({ min: 100, max: 30_000 }),
  late: fc.array(late, { minLength: 5, maxLength: 5 }),
})

/** What the REST API does with one request, and how long request and answer are under way. */
interface Rest {
  readonly kind: 'ok' | 'fails' | 'nonsense' | 'never'
  readonly there: number
  readonly back: number
}

function rest(back: fc.Arbitrary<number>): fc.Arbitrary<Rest> {
  return fc.record({
    kind: fc.constantFrom(
      'ok' as const,
      'ok' as const,
      'ok' as const,
      'fails' as const,
      'nonsense' as const,
      'never' as const,
    ),
    there: fc.integer({ min: 0, max: 3_000 }),
    back,
  })
}

interface World {
  readonly legs: readonly Truth[]
  readonly rest: readonly Rest[]
  readonly stops: number | undefined
}

function world(back: fc.Arbitrary<number>): fc.Arbitrary<World> {
  return fc.record({
    legs: fc.array(truth, { minLength: 1, maxLength: 3 }),
    rest: fc.array(rest(back), { minLength: 1, maxLength: 4 }),
    stops: fc.option(at, { nil: undefined, freq: 8 }),
  })
}

/** Twilio as it treats one leg: what it says of it, and what it does when it is asked to cancel it. */
class TwilioLeg {
  canceledAt: number | undefined
  /** The status at which a cancelling came that had an effect. */
  canceledWhile: string | undefined
  readonly callSid: string

  constructor(
    readonly truth: Truth,
    number: number,
  ) {
    this.callSid = `CA${number}`
  }

  status(now: number): string {
    const { rings, answers, ends } = this.truth
    if (now >= Math.min(ends, this.canceledAt ?? ends))
      return this.canceledAt === undefined ? 'completed' : 'canceled'
    if (rings === undefined || now < rings) return 'initiated'
    return answers !== undefined && now >= rings + answers ? 'in-progress' : 'ringing'
  }

  cancel(now: number): string {
    const status = this.status(now)
    if (status !== 'initiated' && status !== 'ringing') return status
    this.canceledWhile = status
    this.canceledAt = now
    return 'canceled'
  }
}

const FINAL = ['completed', 'canceled']

/** Plays a world through; gives its legs, how Twilio last looked each up, and what was done that must not be done. */
async function play({ legs: truths, rest: answers, stops }: World) {
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  const legs = truths.map((one, number) => new TwilioLeg(one, number))
  const lookedUp = new Map<TwilioLeg, { readonly at: number; readonly status: string }>()
  const heardOf = new Set<TwilioLeg>()
  const wrong: string[] = []
  let requests = 0
  for (const one of legs) schedule(one)
  if (stops !== undefined) clock.after(stops, () => watch.stop())
  await clock.pass(120_000)
  return { legs, lookedUp, wrong, left: watch.size }

  function schedule(one: TwilioLeg): void {
    const { rings, answers: answered, ends, late: delays } = one.truth
    const parent = 'CAparent'
    const watched: WatchedLeg = {
      callSid: one.callSid,
      parent,
      endpoint: one.callSid,
      look: () => look(one),
      ended: () => {},
    }
    const [initiated, ringing, inProgress, final, action] = delays as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ]
    for (const delay of initiated) clock.after(delay, () => watch.begin(watched, 4))
    if (rings !== undefined) callbacks(rings, ringing, 'ringing')
    if (rings !== undefined && answered !== undefined) callbacks(rings + answered, inProgress, 'ringing')
    callbacks(ends, final, 'over')
    for (const delay of action)
      clock.after(ends + delay, () => {
        heardOf.add(one)
        watch.end(parent, [one.callSid])
      })

    function callbacks(when: number, each: readonly number[], what: 'ringing' | 'over'): void {
      for (const delay of each)
        clock.after(when + delay, () => {
          // of a leg that was cancelled before, nothing of this comes to be
          if (what === 'ringing' && (one.canceledAt ?? Number.POSITIVE_INFINITY) < when) return
          heardOf.add(one)
          watch.hear(one.callSid, what)
        })
    }
  }

  function under(way: number): Promise<void> {
    return new Promise((done) => void clock.after(way, done))
  }

  async function look(one: TwilioLeg) {
    const { kind, there, back } = answers[requests++ % answers.length]!
    await under(there)
    if (kind === 'never') await new Promise(() => {})
    const status = kind === 'nonsense' ? '' : one.status(clock.now())
    lookedUp.set(one, { at: clock.now(), status })
    if (back > 0) await under(back)
    if (kind === 'fails') throw new Error('429')
    return { status, cancel }

    async function cancel(): Promise<string> {
      if (heardOf.has(one)) wrong.push(`${one.callSid} is cancelled although something was heard of it`)
      if (back > 0) await under(back)
      return one.cancel(clock.now())
    }
  }
}

t.test('no order of events cancels a leg that rings or talks', async (t) => {
  let canceled = 0
  await fc.assert(
    fc.asyncProperty(world(fc.constant(0)), async (given) => {
      const { legs, wrong } = await play(given)
      canceled += legs.filter(({ canceledWhile }) => canceledWhile === 'initiated').length
      return wrong.length === 0 && legs.every(({ canceledWhile }) => canceledWhile !== 'ringing')
    }),
    { numRuns: cases(2_000) },
  )
  t.ok(canceled > cases(160), `${canceled} silent legs were cancelled`)
})

t.test(
  'with answers under way a leg is cancelled only if it was silent when Twilio looked, seconds ago',
  async (t) => {
    let canceled = 0
    const way = fc.integer({ min: 0, max: 2_500 })
    await fc.assert(
      fc.asyncProperty(world(way), async (given) => {
        const { legs, lookedUp, wrong } = await play(given)
        const ended = legs.filter(({ canceledWhile }) => canceledWhile !== undefined)
        canceled += ended.length
        return (
          wrong.length === 0 &&
          ended.every((one) => {
            const { at: looked, status } = lookedUp.get(one)!
            // the answer had two seconds, and the cancelling has the way of an answer
            return status === 'initiated' && !FINAL.includes(status) && one.canceledAt! - looked <= 4_000
          })
        )
      }),
      { numRuns: cases(1_000) },
    )
    t.ok(canceled > cases(20), `${canceled} silent legs were cancelled`)
  },
)

t.test('a silent leg of which Twilio hears in time is always cancelled, once', async () => {
  const silent: fc.Arbitrary<Truth> = fc.record({
    rings: fc.constant(undefined),
    answers: fc.constant(undefined),
    ends: fc.constant(30_000),
    late: fc.tuple(
      fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 3 }),
      late,
      late,
      late,
      late,
    ),
  })
  const prompt = fc.record({
    kind: fc.constant('ok' as const),
    there: fc.integer({ min: 0, max: 900 }),
    back: fc.integer({ min: 0, max: 900 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(silent, { minLength: 1, maxLength: 3 }), prompt, async (legs, answer) => {
      const played = await play({ legs, rest: [answer], stops: undefined })
      return played.left === 0 && played.legs.every(({ canceledWhile }) => canceledWhile === 'initiated')
    }),
    { numRuns: cases(500) },
  )
})

// --- the server -------------------------------------------------------------------------------------------------

/** Twilio's REST API for legs: by CallSid what they are, or what goes wrong when somebody asks. */
interface RestApi {
  readonly url: string
  readonly legs: Map<string, string | ((response: ServerResponse) => void)>
  /** `GET CA1`, `POST CA1 canceled`. */
  readonly received: string[]
  /** Called when a leg was cancelled. */
  onCancel: (callSid: string) => void
}

async function restApi(t: Test): Promise<RestApi> {
  const server = createServer(async (request, response) => {
    const [, callSid = ''] = /Calls\/(\w+)\.json$/.exec(request.url!)!
    const status = new URLSearchParams(await textOf(request)).get('Status')
    api.received.push([request.method, callSid, ...(status ? [status] : [])].join(' '))
    const known = api.legs.get(callSid)!
    if (typeof known === 'function') return known(response)
    if (status) api.legs.set(callSid, status)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ sid: callSid, status: status ?? known, to: 'sip:a@b.example', from: 'x' }))
    if (status) api.onCancel(callSid)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const api: RestApi = { url: `http://127.0.0.1:${port}`, legs: new Map(), received: [], onCancel: () => {} }
  return api
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += piece
  return text
}

function replies(status: number, body: string) {
  return (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}

const CONFIG = `
defaults: { noProgress: 4, otherwise: { say: sorry } }
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes: [{ name: main, to: "+15551230001", dial: [a, b] }]
`

async function served(t: Test, { head = SERVED, yaml = CONFIG } = {}) {
  const rest = await restApi(t)
  const clock = new TestClock()
  const watch = new ProgressWatch(clock)
  const server = await serving(t, `twilio: { apiBaseUrl: "${rest.url}" }\n${yaml}`, { head, progress: watch })
  return { ...server, rest, clock, watch }
}

const sid = (text: string) => `CA${text.padStart(32, '0')}`

/** A progress callback of a leg, at the URL that the TwiML has for it. */
function callback(
  { post }: Pick<Serving, 'post'>,
  CallSid: string,
  CallStatus: string,
  more = {},
  path = PATH,
) {
  return post(path, webhook({ CallSid, ParentCallSid: webhook().CallSid!, CallStatus, ...more }))
}

const PATH = '/status?endpoint=a&noProgress=4'

async function resultsOf({ admin }: Pick<Serving, 'admin'>): Promise<string[]> {
  const text = await (await admin('/metrics')).text()
  return [...text.matchAll(/^dialsip_no_progress_total\{endpoint="(\w+)",result="(\w+)"\} (\d+)$/gm)].map(
    (found) => found.slice(1).join(' '),
  )
}

t.test('a silent leg is cancelled, and counted, logged and kept with its call', async (t) => {
  const server = await served(t)
  const { post, rest, clock, lines, admin } = server
  const leg = sid('1')
  rest.legs.set(leg, 'queued')
  const first = await post('/voice')
  t.match(first.body, 'status?endpoint=a&amp;noProgress=4')
  await callback(server, leg, 'initiated')
  await clock.pass(4_000)
  await until(t, 'it is cancelled', () => lines.some(({ noProgress }) => noProgress === 'canceled'))
  t.strictSame(rest.received, [`GET ${leg}`, `POST ${leg} canceled`])
  const canceled = { DialCallStatus: 'canceled', CallStatus: 'in-progress', DialCallSid: leg }
  t.match((await post(actionOf(first), webhook(canceled))).body, '@b.example.com')
  t.match(server.service.health.failing.get('a'), { failures: 1, last: 'unreachable' })
  t.strictSame(await resultsOf(server), ['a canceled 1'])
  t.match(
    lines.find(({ noProgress }) => noProgress),
    {
      callSid: webhook().CallSid,
      leg,
      endpoint: 'a',
      msg: 'nothing was heard of the leg to a in 4 s: it is cancelled',
    },
  )
  const { calls } = (await (await admin('/api/calls')).json()) as { calls: object[] }
  t.match(calls, [
    { hops: [{ hop: 'a', outcome: 'unreachable', noProgress: { a: 'canceled' } }, { hop: 'b' }] },
  ])
  await callback(server, leg, 'initiated')
  t.equal(server.watch.size, 0, 'a callback that comes after the end of its dial')
})

t.test('whatever goes wrong at Twilio, nothing is cancelled and nothing asked twice', async (t) => {
  const server = await served(t)
  const { rest, clock, lines } = server
  const held: ServerResponse[] = []
  const ways: Record<string, string | ((response: ServerResponse) => void)> = {
    'Too Many Requests': replies(429, '{"code":20429,"message":"Too Many Requests","status":429}'),
    'it is broken': replies(500, '{"message":"it is broken","status":500}'),
    'The requested resource was not found': replies(
      404,
      '{"code":20404,"message":"The requested resource was not found"}',
    ),
    'refuses the credentials': replies(401, '{"code":20003,"message":"Authenticate","status":401}'),
    'gave no answer, after': replies(200, '<html>maintenance'),
    'gave no answer (ECONNRESET)': (response) => response.destroy(),
    'gave no answer (ECONNABORTED)': (response) => held.push(response),
    'Twilio says that it is "on-hold"': 'on-hold',
  }
  for (const [at, [why, way]] of Object.entries(ways).entries()) {
    const leg = sid(`a${at}`)
    rest.legs.set(leg, way)
    await callback(server, leg, 'initiated')
    await clock.pass(4_000)
    const said = () => lines.find((line) => line.leg === leg)
    await until(t, why, said)
    t.match(said(), { noProgress: 'failed', why: new RegExp(why.replace(/[()]/g, '\\$&')) })
    t.strictSame(rest.received.splice(0), [`GET ${leg}`])
  }
  t.equal(held.length, 1)
  t.strictSame(await resultsOf(server), ['a failed 8'])
})

t.test('what rings, talks or is over by then is left alone', async (t) => {
  const server = await served(t)
  const { rest, clock, lines } = server
  for (const [status, result] of Object.entries({
    ringing: 'ringing',
    'in-progress': 'ringing',
    busy: 'over',
  })) {
    const leg = sid(`b${status.length}`)
    rest.legs.set(leg, status)
    await callback(server, leg, 'queued')
    await clock.pass(4_000)
    await until(t, status, () => lines.some((line) => line.leg === leg && line.noProgress === result))
    t.strictSame(rest.received.splice(0), [`GET ${leg}`])
  }
  for (const status of ['ringing', 'in-progress', 'no-answer']) {
    await callback(server, sid('c'), 'initiated')
    await callback(server, sid('c'), status)
    t.equal(server.watch.size, 0, status)
  }
  t.strictSame(await resultsOf(server), ['a ringing 2', 'a over 1'])
})

t.test('a leg that rings while it is looked up is not cancelled', async (t) => {
  const server = await served(t)
  const { rest, clock, lines } = server
  const leg = sid('d')
  const asked = new Promise<ServerResponse>((resolve) => rest.legs.set(leg, resolve))
  await callback(server, leg, 'initiated')
  await clock.pass(4_000)
  const response = await asked
  await callback(server, leg, 'ringing')
  replies(200, JSON.stringify({ sid: leg, status: 'queued', to: 'sip:a@b.example' }))(response)
  await until(t, 'it is left alone', () => lines.some(({ noProgress }) => noProgress === 'ringing'))
  t.strictSame(rest.received, [`GET ${leg}`])
})

const KEYLESS = 'ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'

t.test('without credentials, a checked signature or a known account nobody is asked', async (t) => {
  const { service } = await served(t)
  const cases: Record<string, object> = {
    'no credentials': { ...service.active.config.accounts[0], authTokens: [] },
    'another account': { ...service.active.config.accounts[0], sid: KEYLESS },
  }
  for (const [name, account] of Object.entries(cases)) {
    const server = await served(t)
    const { active } = server.service
    await callback(server, sid('e'), 'initiated')
    // a reload while the clock runs
    server.service.active = { ...active, config: { ...active.config, accounts: [account as never] } }
    await server.clock.pass(4_000)
    await until(t, name, () => server.lines.some(({ noProgress }) => noProgress === 'skipped'))
    t.strictSame(server.rest.received, [])
  }
  const server = await served(t, { head: `${SERVED}insecureSkipSignature: true\n` })
  await callback(server, sid('f'), 'initiated')
  await server.clock.pass(4_000)
  t.strictSame([server.rest.received, await resultsOf(server)], [[], ['a skipped 1']])
})

t.test('a URL without seconds, or with other ones, starts no clock', async (t) => {
  const server = await served(t)
  for (const seconds of ['', '4.5', '-4', '400', 'x'])
    await callback(server, sid('0'), 'initiated', {}, `/status?endpoint=a&noProgress=${seconds}`)
  await callback(server, sid('0'), 'initiated', {}, '/status?endpoint=a')
  t.equal(server.watch.size, 0)
})

t.test('the end of the dial or of the call ends the watch, the stop of the server too', async (t) => {
  const server = await served(t)
  const { post, watch, clock } = server
  const action = actionOf(await post('/voice'))
  await callback(server, sid('1'), 'initiated')
  t.equal(watch.size, 1)
  await post(action, webhook({ DialCallStatus: 'failed', DialCallSid: sid('1') }))
  t.equal(watch.size, 0)
  await callback(server, sid('2'), 'initiated')
  await post('/status', webhook({ CallStatus: 'completed' }))
  t.equal(watch.size, 0)
  await callback(server, sid('3'), 'initiated')
  await server.close()
  t.strictSame([watch.size, clock.running], [0, 0])
})

t.test('behind a silent endpoint the next hop is asked within five seconds', async (t) => {
  const rest = await restApi(t)
  const yaml = `twilio: { apiBaseUrl: "${rest.url}" }\n${CONFIG.replace('noProgress: 4', 'noProgress: 3')}`
  const server = await serving(t, yaml)
  const leg = sid('1')
  rest.legs.set(leg, 'initiated')
  const first = await server.post('/voice')
  const asked = performance.now()
  const next = new Promise((resolve) => {
    rest.onCancel = () =>
      resolve(
        server.post(actionOf(first), webhook({ DialCallStatus: 'canceled', CallStatus: 'in-progress' })),
      )
  })
  // Twilio says so twice
  for (const _ of [1, 2]) await callback(server, leg, 'initiated', {}, '/status?endpoint=a&noProgress=3')
  t.match(await next, { body: /@b\.example\.com/ })
  const milliseconds = performance.now() - asked
  t.ok(milliseconds >= 3_000 && milliseconds <= 5_000, `${milliseconds} ms`)
  t.strictSame(rest.received, [`GET ${leg}`, `POST ${leg} canceled`])
})

t.test('explain shows the seconds, for people too', async (t) => {
  const { admin, file } = await served(t)
  const explained = await (await admin('/api/explain?to=%2B15551230001&outcome=a=silent')).json()
  t.match(explained, {
    steps: [{ hop: { name: 'a', noProgress: 4 } }, { hop: { name: 'b', noProgress: 4 } }],
  })
  const { stdout } = await run('explain', file, '--to', '+15551230001')
  t.match(stdout, 'is cancelled if it neither rings nor answers in 4 s')
})

t.test('a leg of a call that another replica has dialled is cancelled as well', async (t) => {
  const server = await served(t)
  const { rest, clock } = server
  rest.legs.set(sid('1'), 'queued')
  await callback(server, sid('2'), 'ringing', {}, '/status?endpoint=b')
  await callback(server, sid('1'), 'initiated')
  await clock.pass(4_000)
  await until(t, 'it is counted', async () => (await resultsOf(server)).includes('a canceled 1'))
  t.strictSame(server.service.book.find(webhook().CallSid!)?.hops, [])
})
