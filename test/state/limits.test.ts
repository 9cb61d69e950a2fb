import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Limits } from '../../src/state/limits.js'
import { RungEndpoints } from '../../src/state/rung-endpoints.js'
import { webhook } from '../harness/build.js'
import { actionOf, referUrlOf } from '../harness/callback-urls.js'
import { cases } from '../harness/cases.js'
import { CONFIG, clocked, MINUTE, NOW, to } from '../harness/clocked.js'

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
        // nobody can know whose end it is: of this leg nothing was heard before its dial had ended
        else for (const other of dialled) if (DIALS[other] === DIALS[dial]) over.add(other)
      }
    }
  }

  await fc.assert(fc.asyncProperty(WAYS, place), { numRuns: cases(100) })
})

t.test('where calls rang is forgotten in time', async (t) => {
  const rung = new RungEndpoints()
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

t.test('with too many calls the oldest is taken to be over', async (t) => {
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

t.test('an endpoint gets as many calls as maxCalls, and no more', async (t) => {
  const { post } = await clocked(t, CONFIG.replace('maxCalls: 1', 'maxCalls: 7'))
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, at) => post('/voice', to('+15551230001', `CA${at}`))),
  )
  t.equal(replies.filter(({ body }) => body.includes('@a.example.com')).length, 7)
  t.equal(replies.filter(({ body }) => body.includes('@b.example.com')).length, 23)
})
