import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Test } from 'tap'
import t from 'tap'
import { RecentKeys } from '../../src/calls/recent-keys.js'
import { decide } from '../../src/decide.js'
import { parseUntil } from '../../src/schedule/instant.js'
import { Health } from '../../src/state/health.js'
import { Limits } from '../../src/state/limits.js'
import { Overrides } from '../../src/state/overrides.js'
import { Rung } from '../../src/state/rung.js'
import { callOf, configOf, webhook } from '../harness/build.js'
import { run, runIn } from '../harness/run.js'
import { actionOf, built, folderOf, isTwiml, post, SERVED, serving, until } from '../harness/serving.js'

/** A Friday, 10:00 in Berlin. */
const NOW = Date.parse('2026-11-20T10:00:00+01:00')
const MINUTE = 60_000

const CONFIG = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", maxCalls: 1 }
  b: { uri: "sip:{{To}}@b.example.com" }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] }
  night: { timezone: Europe/Berlin, open: [mon-fri 22:00-24:00] }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
  - { name: both, to: "+15551230002", dial: { ring: [a, b] }, otherwise: { say: sorry } }
  - name: hours
    to: "+15551230003"
    rules:
      - { if: { not: { schedule: office } }, reject: busy }
      - { if: { schedule: [night, office], fromCountry: US }, dial: b }
      - { say: bye }
actions: { holiday: { say: away } }
`

/** A server whose clock the test turns. */
async function clocked(t: Test, yaml = CONFIG) {
  const clock = { at: NOW }
  const server = await serving(t, yaml, { now: () => clock.at })
  return { ...server, clock }
}

const to = (To: string, CallSid = 'CA1') => webhook({ To, CallSid })

t.test('each further ejection is longer, up to 300 s', async (t) => {
  const health = new Health()
  const lengths = Array.from({ length: 12 }, () => {
    for (const _ of [1, 2, 3]) health.note('a', 'serverError', NOW, 503)
    return (health.of('a', NOW).until! - NOW) / 1000
  })
  t.same(lengths, [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300])
  t.equal(health.of('a', NOW).reason, '3 failures in a row, the last one serverError (503); ejection 12')
  t.equal(health.standing('a', NOW + 300_000), 'up')
  t.same(health.of('a', NOW + 300_000), { standing: 'up', reason: '', until: undefined })
})

t.test('an answer from before the last failure restores nothing', async (t) => {
  const health = new Health()
  for (const _ of [1, 2, 3]) health.note('a', 'unreachable', NOW)
  health.note('a', 'answered', NOW - 1)
  t.equal(health.standing('a', NOW), 'ejected')
  health.note('a', 'canceled', NOW + 1)
  t.equal(health.standing('a', NOW + 1), 'ejected')
  health.note('a', 'busy', NOW + 1)
  t.equal(health.standing('a', NOW + 1), 'up')
})

t.test('a drain ends by hand or by time', async (t) => {
  const health = new Health()
  health.drain('a', 'new firmware', NOW + MINUTE)
  t.same(health.of('a', NOW), { standing: 'drained', reason: 'new firmware', until: NOW + MINUTE })
  t.equal(health.standing('a', NOW + MINUTE), 'up')
  health.drain('a', 'for good')
  health.note('a', 'answered', NOW)
  t.equal(health.standing('a', NOW + 1e12), 'drained', 'a good call is no reason')
  health.restore('a')
  t.equal(health.standing('a', NOW), 'up')
})

t.test('an endpoint that answers is up from then on', async (t) => {
  const { post, service } = await clocked(t)
  for (const _ of [1, 2, 3]) service.health.note('a', 'serverError', NOW)
  const leg = { CallSid: 'CAleg', ParentCallSid: 'CA1' }
  await post('/status?endpoint=a', webhook({ ...leg, CallStatus: 'initiated' }))
  t.equal(service.health.standing('a', NOW), 'ejected')
  await post('/status?endpoint=a', webhook({ ...leg, CallStatus: 'in-progress' }))
  t.equal(service.health.standing('a', NOW), 'up')
})

t.test('the end of a long talk says nothing of today', async (t) => {
  const { post, service, clock } = await clocked(t)
  const action = actionOf(await post('/voice'))
  clock.at += 10 * MINUTE
  for (const _ of [1, 2, 3]) service.health.note('a', 'serverError', clock.at - 10_000)
  await post(action, webhook({ DialCallStatus: 'completed', DialCallDuration: '580' }))
  t.equal(service.health.standing('a', clock.at), 'ejected')
  await post(action, webhook({ DialCallSid: 'CA2', DialCallStatus: 'completed', DialCallDuration: 'long' }))
  t.equal(service.health.standing('a', clock.at), 'up')
})

t.test('a webhook that comes twice counts once', async (t) => {
  const { post, service, lines } = await clocked(t)
  const action = actionOf(await post('/voice'))
  for (const DialCallSid of ['CAleg', 'CAleg', '', ''])
    await post(action, webhook({ DialCallSid, DialCallStatus: 'failed', DialSipResponseCode: '503' }))
  t.equal(service.health.failing.get('a')?.failures, 2)
  t.notOk(lines.some((line) => line.msg === 'endpoint a is ejected'))
  const few = new RecentKeys(2)
  t.same(
    ['x', 'y', 'z', 'x', 'z'].map((key) => few.first(key)),
    [true, true, true, true, false],
  )
})

t.test('of endpoints that ring at once only a failure is that of all', async (t) => {
  const { post, service } = await clocked(t)
  for (const CallSid of ['CA1', 'CA2', 'CA3', 'CA4']) {
    const action = actionOf(await post('/voice', to('+15551230002', CallSid)))
    const outcome = CallSid === 'CA2' ? 'busy' : 'failed'
    await post(action, webhook({ CallSid, DialCallStatus: outcome }))
  }
  t.match([service.health.standing('a', NOW), service.health.standing('b', NOW)], ['ejected', 'ejected'])
})

t.test('a full endpoint is skipped, not failed', async (t) => {
  const { post, service, admin } = await clocked(t)
  t.match((await post('/voice', to('+15551230001', 'CA1'))).body, '@a.example.com')
  t.match((await post('/voice', to('+15551230001', 'CA1'))).body, '@a.example.com', 'its own slot')
  t.match((await post('/voice', to('+15551230001', 'CA2'))).body, '@b.example.com')
  t.equal(service.health.failing.size, 0)
  const { endpoints } = (await (await admin('/api/endpoints')).json()) as { endpoints: object[] }
  t.match(endpoints, [
    { name: 'a', state: 'full', calls: 1, maxCalls: 1 },
    { name: 'b', state: 'up', calls: 1 },
  ])
})

t.test('a slot is free again when the call has left it', async (t) => {
  const { post, service, clock } = await clocked(t)
  const isFull = () => service.limits.isFull('a', 1, 'CAother', clock.at)
  const leg = (ParentCallSid: string) => webhook({ CallSid: 'CAl', ParentCallSid, CallStatus: 'busy' })
  const ways: Record<string, (action: string, CallSid: string) => Promise<unknown>> = {
    'the dial ends': (action, CallSid) => post(action, webhook({ CallSid, DialCallStatus: 'completed' })),
    'the leg ends': (_, CallSid) => post('/status?endpoint=a', leg(CallSid)),
    'the call ends': (_, CallSid) => post('/status', webhook({ CallSid, CallStatus: 'completed' })),
    'every callback is lost': async () => {
      clock.at += (20 + 14_400 + 60 + 10) * 1000
    },
  }
  for (const [at, [name, way]] of Object.entries(ways).entries()) {
    const action = actionOf(await post('/voice', webhook({ CallSid: `CA${at}` })))
    t.ok(isFull(), `taken until ${name}`)
    await way(action, `CA${at}`)
    t.notOk(isFull(), name)
  }
})

t.test('a call that is over takes no slot, however late it is asked for', async (t) => {
  const { post, service } = await clocked(t)
  const action = actionOf(await post('/voice'))
  await post('/status', webhook({ CallStatus: 'completed' }))
  const late = webhook({ CallStatus: 'in-progress', DialCallStatus: 'failed' })
  t.match((await post(action, late)).body, '@b.example.com', 'Twilio has asked before the caller left')
  t.match((await post('/voice')).body, '@a.example.com')
  t.same([service.limits.slots.size, service.rung.rows.size], [0, 0])
})

t.test('a caller who has left rings nobody, takes no slot and hurts no endpoint', async (t) => {
  const { post, service, admin } = await clocked(t)
  const statuses = ['completed', 'canceled', 'busy', 'failed', 'no-answer']
  for (const [at, CallStatus] of statuses.entries()) {
    const CallSid = `CA${at}`
    const action = actionOf(await post('/voice', webhook({ CallSid })))
    const left = webhook({ CallSid, CallStatus, DialCallStatus: at % 2 === 0 ? 'no-answer' : 'failed' })
    t.match((await post(action, left)).body, '<Response><Hangup/></Response>', CallStatus)
    t.equal(service.limits.slots.size, 0, CallStatus)
  }
  t.equal(service.health.failing.size, 0)
  const { calls } = (await (await admin('/api/calls')).json()) as { calls: object[] }
  const line = { outcome: 'canceled', hops: [{ hop: 'a', outcome: 'canceled' }] }
  t.match(
    calls,
    statuses.map(() => line),
  )
})

const REFERRING = CONFIG.replace('dial: [a, b],', 'dial: [a, b], referUrl: true,')

function referUrlOf({ body }: { body: string }): string {
  return /referUrl="https:\/\/voice\.example\.com([^"]*)"/.exec(body)![1]!.replaceAll('&amp;', '&')
}

t.test('a REFER ends the hop of the callee who has sent it', async (t) => {
  const { post, service, clock, admin } = await clocked(t, REFERRING)
  const leg = (CallSid: string, CallStatus: string) =>
    post('/status?endpoint=a', webhook({ CallSid, ParentCallSid: 'CA1', CallStatus }))
  const calls = () => ['a', 'b'].map((endpoint) => service.limits.count(endpoint, clock.at))
  const first = await post('/voice', to('+15551230001'))
  await leg('CAl1', 'in-progress')
  const elsewhere = { ...to('+15551230001'), CallStatus: 'in-progress' }
  clock.at += 4_000
  for (const _ of ['sent', 'sent again'])
    await post(referUrlOf(first), {
      ...elsewhere,
      ReferTransferTarget: 'sip:+15551230003@x',
      FromCountry: 'US',
    })
  t.same(calls(), [0, 1], 'although no callback came of the leg that has ended')
  const same = await post(referUrlOf(first), { ...elsewhere, ReferTransferTarget: 'tel:+15551230001' })
  await leg('CAl1', 'completed')
  t.equal(calls()[0], 1, 'the end of its leg is not that of the one that rings now')
  await post(actionOf(same), { ...elsewhere, DialCallStatus: 'completed', DialCallSid: 'CAl2' })
  t.same(calls(), [0, 0])
  const { hops } = (await (await admin('/api/calls/recent/CA1')).json()) as { hops: object[] }
  t.match(hops[0], { hop: 'a', outcome: 'answered', seconds: 4 })
})

t.test('a REFER rings nobody for a caller who has left', async (t) => {
  const { post, service } = await clocked(t, REFERRING)
  const first = await post('/voice')
  const left = webhook({ CallStatus: 'completed', ReferTransferTarget: 'sip:+15551230002@x' })
  t.match((await post(referUrlOf(first), left)).body, '<Response><Hangup/></Response>')
  t.match((await post('/refer', left)).body, '<Response><Hangup/></Response>')
  t.equal(service.limits.slots.size, 0)
})

t.test('a Dial without a plan rings nobody for a caller who has left', async (t) => {
  const { post, service } = await clocked(t)
  const left = webhook({ CallStatus: 'completed', DialCallStatus: 'failed' })
  t.match((await post('/dialed', left)).body, '<Response><Hangup/></Response>')
  t.match((await post('/voice', { ...webhook(), CallStatus: 'completed' })).body, '@a.example.com')
  t.equal(service.limits.slots.size, 0)
})

t.test('the late end of an earlier leg frees nothing', async (t) => {
  const { post, service } = await clocked(
    t,
    `
endpoints: { a: { uri: "sip:a.example.com", maxCalls: 1 } }
routes: [{ to: "+15551230001", dial: a, otherwise: { dial: a, timeout: 5, otherwise: { say: sorry } } }]
`,
  )
  const action = actionOf(await post('/voice'))
  const again = await post(action, webhook({ DialCallStatus: 'failed', DialCallSid: 'CAleg' }))
  t.match(again.body, '<Dial')
  const late = { CallSid: 'CAleg', ParentCallSid: webhook().CallSid!, CallStatus: 'failed' }
  await post('/status?endpoint=a', webhook(late))
  t.equal(service.limits.count('a', NOW), 1)
})

t.test('the late end of one of several legs frees nothing', async (t) => {
  const { post, service } = await clocked(
    t,
    `
endpoints: { a: { uri: "sip:a@a.org", maxCalls: 1 }, b: { uri: "sip:b@b.org" } }
routes: [{ to: "+15551230001", dial: { ring: [a, b] }, otherwise: { dial: a, otherwise: { say: sorry } } }]
`,
  )
  const leg = (CallStatus: string) =>
    webhook({ CallSid: 'CAlegA', ParentCallSid: webhook().CallSid!, CallStatus })
  const action = actionOf(await post('/voice'))
  await post('/status?endpoint=a', leg('initiated'))
  await post(action, webhook({ DialCallStatus: 'failed', DialCallSid: 'CAlegB' }))
  await post('/status?endpoint=a', leg('failed'))
  t.equal(service.limits.count('a', NOW), 1)
})

const DIALS = ['a', 'b', 'a']

/** One call of Twilio's: which of its dials end while the caller is there, and what of its callbacks arrives when. */
interface Way {
  /** So many actions are heard of; of the dial after them nothing is, but for its callbacks. */
  readonly actions: number
  /** What the last of them says of the caller. */
  readonly caller: string
  readonly withSid: boolean
  /** Whether the caller leaves while the last action is on its way. */
  readonly leavesEarly: boolean
  /** How late each callback is, in dials; undefined: it is lost. */
  readonly late: readonly (number | undefined)[]
}

interface Callback {
  /** The dial of the leg, by its place from 0; undefined for that of the call itself. */
  readonly dial: number | undefined
  readonly CallStatus: string
  readonly at: number
}

/** The progress of each leg and the end of the call, in the order in which they arrive. */
function callbacksOf({ actions, leavesEarly, late }: Way): Callback[] {
  const legs = DIALS.slice(0, actions + 1).flatMap((_, dial) =>
    ['initiated', 'ringing', 'failed'].map((CallStatus, step) => ({ dial, CallStatus, at: dial + step / 4 })),
  )
  const end = { dial: undefined, CallStatus: 'completed', at: actions + (leavesEarly ? -0.5 : 0.9) }
  return [end, ...legs]
    .flatMap((one, place) => (late[place] === undefined ? [] : { ...one, at: one.at + late[place] }))
    .sort((one, other) => one.at - other.at)
}

const WAYS: fc.Arbitrary<Way> = fc.record({
  actions: fc.integer({ min: 0, max: 3 }),
  caller: fc.constantFrom('ringing', 'in-progress', 'completed', ''),
  withSid: fc.boolean(),
  leavesEarly: fc.boolean(),
  late: fc.array(fc.option(fc.double({ min: 0, max: 4, noNaN: true }), { nil: undefined }), {
    minLength: 10,
    maxLength: 10,
  }),
})

t.test('a slot is free by whatever is heard, in every order, and by nothing else', async (t) => {
  const again = 'otherwise: { dial: a, otherwise: { say: sorry } }'
  const { post, service, clock } = await clocked(t, CONFIG.replace('otherwise: { say: sorry }', again))
  let placed = 0

  async function place(way: Way): Promise<void> {
    placed += 1
    const CallSid = `CA${placed}`
    const callbacks = callbacksOf(way)
    const over = new Set<number | undefined>()
    const known = new Set<number>()
    const dialled = [0]
    let twiml = await post('/voice', webhook({ CallSid }))
    for (let dial = 0; dial < way.actions; dial += 1) {
      await arrive(dial + 1)
      const CallStatus = dial + 1 === way.actions ? way.caller : 'in-progress'
      const leg: Record<string, string> = way.withSid ? { DialCallSid: `${CallSid}leg${dial}` } : {}
      twiml = await post(actionOf(twiml), webhook({ CallSid, CallStatus, DialCallStatus: 'failed', ...leg }))
      over.add(dial)
      if (way.withSid) known.add(dial)
      if (CallStatus === 'completed') over.add(undefined)
      if (!twiml.body.includes('<Dial')) break
      dialled.push(dial + 1)
    }
    await arrive(Number.POSITIVE_INFINITY)
    for (const endpoint of ['a', 'b']) {
      const last = dialled.findLast((dial) => DIALS[dial] === endpoint)
      const isFree = last === undefined || over.has(last) || over.has(undefined)
      assert.equal(service.limits.count(endpoint, clock.at), isFree ? 0 : 1, endpoint)
    }
    clock.at += (20 + 14_400 + 60 + 10) * 1000
    for (const endpoint of ['a', 'b']) assert.equal(service.limits.count(endpoint, clock.at), 0)

    async function arrive(now: number): Promise<void> {
      for (let one = callbacks[0]; one && one.at < now; one = callbacks[0]) {
        callbacks.shift()
        await hear(one)
      }
    }

    async function hear({ dial, CallStatus }: Callback): Promise<void> {
      if (dial === undefined) {
        await post('/status', webhook({ CallSid, CallStatus }))
        over.add(undefined)
      } else if (dialled.includes(dial)) {
        const leg = { CallSid: `${CallSid}leg${dial}`, ParentCallSid: CallSid, CallStatus }
        await post(`/status?endpoint=${DIALS[dial]}`, webhook(leg))
        if (CallStatus !== 'failed') {
          if (!over.has(dial)) known.add(dial)
        } else if (known.has(dial)) over.add(dial)
        // whose end it is nobody can tell: of this leg nothing was heard before its dial had ended
        else for (const other of dialled) if (DIALS[other] === DIALS[dial]) over.add(other)
      }
    }
  }

  await fc.assert(fc.asyncProperty(WAYS, place), { numRuns: 500 })
})

t.test('where calls rang is forgotten in time', async (t) => {
  const rung = new Rung()
  for (let at = 0; at < 10; at += 1) rung.note(`CA${at}`, 'a', NOW + at * MINUTE)
  rung.note('CA9', 'b', NOW + 9 * MINUTE)
  rung.note('CA9', 'b', NOW + 9 * MINUTE)
  t.ok(rung.any('CA0', ['b', 'a']))
  t.notOk(rung.any('CA0', ['b']))
  rung.note('CA10', 'a', NOW + 20 * MINUTE)
  t.notOk(rung.any('CA5', ['a']), 'nothing rings so long')
  t.ok(rung.any('CA6', ['a']))
  for (let at = 0; at < 100_000; at += 1) rung.note(`CB${at}`, 'a', NOW + 20 * MINUTE)
  t.equal(rung.rows.size, 100_000)
  t.notOk(rung.any('CA9', ['b']), 'the oldest goes first')
})

t.test('slots of endpoints without a limit are forgotten in time', async (t) => {
  const limits = new Limits()
  for (let at = 0; at < 100; at += 1) limits.take('b', `CA${at}`, at, at - 50)
  t.equal(limits.slots.size, 50)
  t.equal(limits.count('nobody', 0), 0)
  t.equal(limits.isFull('b', 1, 'CA99', 99), false)
})

t.test('of calls beyond all measure the oldest is taken for over', async (t) => {
  const limits = new Limits()
  for (let at = 0; at < 100_001; at += 1) limits.take(`e${at % 2}`, `CA${at}`, NOW, 0)
  t.equal(limits.slots.size, 100_000)
  t.equal(limits.slots.get('CA0 e0'), undefined)
  t.equal(limits.slots.get('CA1 e1'), NOW)
  limits.slots.adopt('CA1 e1', 'no time')
  t.equal(limits.slots.get('CA1 e1'), NOW, 'what another replica wrote has another shape')
  limits.slots.adopt('CA1 e1', undefined)
  t.equal(limits.slots.get('CA1 e1'), undefined)
})

t.test('as many calls as an endpoint takes ring it, and no more', async (t) => {
  const { post } = await clocked(t, CONFIG.replace('maxCalls: 1', 'maxCalls: 7'))
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, at) => post('/voice', to('+15551230001', `CA${at}`))),
  )
  t.equal(replies.filter(({ body }) => body.includes('@a.example.com')).length, 7)
  t.equal(replies.filter(({ body }) => body.includes('@b.example.com')).length, 23)
})

t.test('a schedule that is set holds instead of its hours', async (t) => {
  const config = configOf(CONFIG)
  const overrides = new Overrides()
  const call = callOf({ To: '+15551230003', FromCountry: 'US' })
  const decided = () => decide(config, call, NOW, { standing: () => 'up', overrides: overrides.at(NOW) })
  t.match(decided(), { rule: '2', reason: /^route hours by \+15551230003, rule 2$/ })
  const set = {
    kind: 'schedule',
    name: 'office',
    until: NOW + MINUTE,
    author: 'anna',
    note: 'drill',
    since: NOW,
  } as const
  overrides.set({ ...set, to: 'closed' })
  t.match(decided(), {
    rule: '1',
    reason:
      'route hours by +15551230003, rule 1, schedule office set closed until 2026-11-20T09:01:00Z by anna: drill',
  })
  overrides.set({ ...set, to: 'open' })
  t.match(decided(), {
    rule: '2',
    skipped: [{ rule: '1', saw: /^office: set open until .* by anna: drill$/ }],
  })
  t.equal(overrides.at(NOW + MINUTE), undefined, 'it is over')
})

t.test('a route that is set runs that action', async (t) => {
  const config = configOf(CONFIG)
  const overrides = new Overrides()
  const set = {
    kind: 'route',
    name: 'main',
    until: NOW + MINUTE,
    author: 'anna',
    note: 'move',
    since: NOW,
  } as const
  const decided = () => decide(config, callOf(), NOW, { standing: () => 'up', overrides: overrides.at(NOW) })
  overrides.set({ ...set, to: 'holiday' })
  t.match(decided(), {
    rule: '',
    steps: [{ verb: 'say', text: 'away' }],
    reason: /main .*, set holiday until/,
  })
  overrides.set({ ...set, to: 'no-longer-there' })
  t.match(decided(), { steps: [{ verb: 'dial' }] })
})

t.test('an end is a time of day, a while or an instant', async (t) => {
  const berlin = (text: string, now = NOW) => parseUntil(text, now, 'Europe/Berlin')
  const iso = (text: string, now = NOW) => new Date(berlin(text, now).value ?? Number.NaN).toISOString()
  t.equal(iso('18:00'), '2026-11-20T17:00:00.000Z')
  t.equal(iso('9:30'), '2026-11-21T08:30:00.000Z', 'tomorrow')
  t.equal(iso('90m'), '2026-11-20T10:30:00.000Z')
  t.equal(iso('2h'), '2026-11-20T11:00:00.000Z')
  t.equal(iso('3d'), '2026-11-23T09:00:00.000Z')
  t.equal(iso('2026-11-20T18:00'), '2026-11-20T17:00:00.000Z')
  const spring = Date.parse('2026-03-29T00:00:00Z')
  t.equal(iso('02:30', spring), '2026-03-30T00:30:00.000Z', 'the clock skips it today')
  const wrong: Record<string, RegExp> = {
    soon: /not a time/,
    '25:00': /not a time/,
    '2026-11-19T18:00': /is over/,
    '9999d': /more than a year/,
  }
  for (const [text, says] of Object.entries(wrong)) t.match(berlin(text).problems[0]?.message, says, text)
})

t.test('endpoints are drained and restored by command', async (t) => {
  const { post, adminAddress, lines } = await clocked(t)
  const dialsip = (...args: string[]) => runIn({ DIALSIP_ADMIN_URL: adminAddress })('endpoints', ...args)
  t.match(await dialsip('drain', 'a', '--reason', 'new firmware', '--until', '2h'), {
    code: 0,
    stdout:
      /^ENDPOINT +STATE +CALLS +UNTIL +REASON\na +drained +0\/1 +2026-11-20T11:00:00.000Z +new firmware\n$/,
  })
  t.match((await post('/voice')).body, '@b.example.com')
  t.match((await dialsip('restore', 'a')).stdout, /\na +up +0\/1 +- +-\n/)
  t.match(JSON.parse((await dialsip('--json')).stdout), [{ name: 'a' }, { name: 'b', state: 'up' }])
  t.match((await dialsip('drain', 'b')).stdout, /b +drained +1 +- +by hand/)
  t.match(await dialsip('drain', 'c'), { code: 1, stderr: /no endpoint is called "c"/ })
  t.match(await dialsip('drain', 'a', '--until', 'soon'), { code: 1, stderr: /until: "soon" is not a time/ })
  t.match(await dialsip('drain', 'long-name-of-nothing'), {
    code: 1,
    stderr: /called "long-name-of-nothing"\n/,
  })
  for (const args of [['drain'], ['list', 'a'], ['toString'], ['drain', 'a', 'b']])
    t.equal((await dialsip(...args)).code, 2)
  t.match(
    lines.filter(({ endpoint }) => endpoint),
    [{ msg: 'endpoint a is drained' }, { msg: 'endpoint a is restored by hand' }, { endpoint: 'b' }],
  )
})

t.test('overrides are set, listed and cleared by command', async (t) => {
  const { post, adminAddress, lines } = await clocked(t)
  const dialsip = (...args: string[]) =>
    runIn({ DIALSIP_ADMIN_URL: adminAddress, USER: 'anna' })('override', ...args)
  t.match(await dialsip(), { code: 0, stdout: 'nothing is set\n' })
  const set = ['set', 'office', 'closed', '--until', '18:00', '--note', 'company outing']
  t.match(await dialsip(...set), {
    code: 0,
    stdout: /\nschedule office +closed +2026-11-20T17:00:00.000Z +anna +company outing\n$/,
  })
  t.match((await post('/voice', to('+15551230003'))).body, '<Reject')
  t.match(await dialsip('set', 'main', 'holiday', '--until', '2h', '--note', 'x', '--author', 'bo'), {
    code: 0,
  })
  t.match((await post('/voice')).body, '<Say>away</Say>')
  t.match(JSON.parse((await dialsip('list', '--json')).stdout), [
    { name: 'main', author: 'bo' },
    { kind: 'schedule' },
  ])
  t.match(await dialsip('clear', 'office'), { code: 0, stdout: /route main/ })
  t.match(await dialsip('clear', 'office'), { code: 1, stderr: /"office" is not set to anything/ })
  t.match(
    lines.filter(({ override }) => override),
    [{ msg: 'schedule office is set to closed' }, {}, { msg: 'schedule office goes by the config again' }],
  )
})

t.test('an override that makes no sense is refused', async (t) => {
  const { adminAddress, admin } = await clocked(t, CONFIG.replace('name: both', 'name: office'))
  const env = { DIALSIP_ADMIN_URL: adminAddress, LOGNAME: 'anna' }
  const dialsip = (...args: string[]) => runIn(env)('override', ...args, '--until', '2h', '--note', 'x')
  const refused: [string[], RegExp][] = [
    [['set', 'ofice', 'closed'], /no schedule or route is called "ofice"; did you mean "office"/],
    [['set', 'office', 'closed'], /a schedule and a route are called "office"; say which by kind/],
    [['set', 'office', 'shut', '--kind', 'schedule'], /open or closed, not to "shut"/],
    [['set', 'main', 'hollyday'], /no action is called "hollyday"; did you mean "holiday"/],
    [['set', 'main', 'holiday', '--kind', 'schedule'], /no schedule is called "main"/],
    [['set', 'main', 'holiday', '--kind', 'number'], /kind: expected schedule or route, found "number"/],
  ]
  for (const [args, stderr] of refused) t.match(await dialsip(...args), { code: 1, stderr }, args.join(' '))
  for (const kind of ['schedule', 'route'])
    t.equal((await dialsip('set', 'office', kind === 'route' ? 'holiday' : 'open', '--kind', kind)).code, 0)
  t.match(await dialsip('clear', 'office'), { code: 2, stderr: /say --kind/ })
  t.equal((await dialsip('clear', 'office', '--kind', 'route')).code, 0)
  t.match(await runIn(env)('override', 'set', 'main', 'holiday'), {
    code: 2,
    stderr: /needs --until and --note/,
  })
  t.equal((await runIn(env)('override', 'unset')).code, 2)
  t.equal((await admin('/api/overrides/route/main', { method: 'DELETE' })).status, 404)
  t.match(await (await admin('/api/overrides', { method: 'POST' })).json(), { error: '"name" is missing' })
  const zone = { name: 'main', to: 'holiday', until: '18:00', author: 'a', note: 'b', timezone: 'CET' }
  const headers = { 'content-type': 'application/json' }
  const odd = await admin('/api/endpoints/a/drain', { method: 'POST', headers, body: '{"why":"x"}' })
  t.match(await odd.json(), { error: 'there is no key "why" here' })
  const reply = await admin('/api/overrides', { method: 'POST', headers, body: JSON.stringify(zone) })
  t.match(await reply.json(), { error: /timezone: "CET" is an abbreviation/ })
})

t.test('a command finds the server by its config', async (t) => {
  const { adminAddress, file } = await clocked(t)
  const port = new URL(adminAddress).port
  const config = (listen: string) =>
    SERVED.replace('127.0.0.1:0" }', `${listen}:${port}", tokens: [sixteen-letters!] }`) + CONFIG
  writeFileSync(file, config('0.0.0.0'))
  t.equal((await run('endpoints', '-c', file)).code, 0)
  writeFileSync(file, config('[::1]'))
  t.match(await run('endpoints', '-c', file), { code: 1, stderr: /no answer from http:\/\/\[::1\]/ })
  t.match(await run('endpoints', '-c', `${folderOf(t)}/none`), {
    code: 2,
    stderr: /none:1:1: .* cannot be read/,
  })
  for (const body of ['<html>', '{}']) {
    const other = createHttpServer((_request, response) => response.writeHead(404).end(body))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
    t.match(await run('endpoints', '--admin', url), { code: 1, stderr: /127\.0\.0\.1:\d+ answers 404/ })
    other.close()
  }
  for (const url of ['here', 'localhost:9090'])
    t.match(await run('endpoints', '--admin', url), {
      code: 2,
      stderr: /is not the URL of an admin listener/,
    })
  writeFileSync(file, config('0.0.0.0'))
  t.equal((await runIn({ DIALSIP_CONFIG: file, DIALSIP_ADMIN_TOKEN: 'other' })('endpoints')).code, 0)
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const admin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  t.match(await run('endpoints', '--admin', admin), { code: 1, stderr: /no answer from .* timeout/ })
})

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

t.test('dawdling and idle connections cost no call', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + CONFIG)
  // a process of its own: a connection takes a file descriptor at either end
  const { address } = await built(t, file)
  const { port, hostname } = new URL(address)
  const sockets = Array.from({ length: 10_000 }, () => connect(Number(port), hostname))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)))
  for (const socket of sockets.slice(0, 1_000)) begin(socket)
  const since = performance.now()
  const placed = await Promise.all(Array.from({ length: 50 }, () => post(address, '/voice', webhook())))
  t.ok(placed.every(isTwiml))
  t.ok(performance.now() - since < 5_000, 'fifty calls meanwhile')
  await Promise.all(closed)
  t.ok(performance.now() - since < 20_000, 'all of them are closed in time')
})

/** Holds the event loop up, and lets it have one turn. */
async function busyFor(ms: number): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 1))
}

/** A client that sends half of a request and then nothing. */
function begin(socket: Socket): void {
  socket.write('POST /voice HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nCallSid=')
}
