import t from 'tap'
import { CountRing, OutcomeHistory } from '../../src/state/outcome-history.js'
import { configOf } from '../harness/build.js'
import { NOW, replica } from '../harness/replica.js'

const CONFIG = configOf(`
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes: [{ name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }]
`)

const MINUTE = 60_000

function running() {
  const { post, api, clock } = replica(CONFIG)
  return { clock, call, get: async (url: string) => (await api(url)).json() }

  /** A call whose first hop ends so; `seconds` until it rings. */
  async function call(CallSid: string, code: string, seconds = 1) {
    const twiml = await post('/voice', { CallSid })
    const action = /action="https:\/\/voice.example.com([^"]+)"/.exec(twiml)![1]!.replaceAll('&amp;', '&')
    const leg = { ParentCallSid: CallSid, CallSid: `${CallSid}-leg`, CallStatus: 'ringing' }
    clock.now += 1000 * seconds
    await post('/status?endpoint=a', leg)
    await post(action, {
      CallSid,
      DialCallStatus: 'failed',
      DialSipResponseCode: code,
      DialCallSid: leg.CallSid,
    })
  }
}

t.test('the last outcomes of an endpoint are shown with their codes and calls', async (t) => {
  const { get, call } = running()
  t.same(await get('/api/outcomes'), { endpoints: [] })
  await call('CA1', '503', 3)
  await call('CA2', '486', 1)
  await call('CA3', '603', 2)
  const { endpoints } = await get('/api/outcomes')
  t.same(endpoints, [
    {
      name: 'a',
      last: [
        { at: new Date(NOW + 3000).toISOString(), callSid: 'CA1', outcome: 'serverError', code: 503 },
        { at: new Date(NOW + 4000).toISOString(), callSid: 'CA2', outcome: 'busy', code: 486 },
        { at: new Date(NOW + 6000).toISOString(), callSid: 'CA3', outcome: 'declined', code: 603 },
      ],
      answerSeizure: 0,
      postDialDelay: 2,
      day: { serverError: 1, busy: 1, declined: 1 },
    },
  ])
})

t.test('the outcomes of a day are shown in slices of five minutes', async (t) => {
  const { get, call, clock } = running()
  await call('CA1', '503')
  clock.now += 10 * MINUTE
  await call('CA2', '503')
  await call('CA3', '486')
  const { slices, day } = await get('/api/endpoints/a/outcomes')
  t.same(slices, [
    { at: '2026-11-20T10:00:00.000Z', counts: { serverError: 1 } },
    { at: '2026-11-20T10:10:00.000Z', counts: { serverError: 1, busy: 1 } },
  ])
  t.same(day, { serverError: 2, busy: 1 })
  const named = await get('/api/outcomes?endpoint=a&endpoint=nobody&slices=30')
  t.match(named.endpoints, [
    { name: 'a', slices: [{ at: '2026-11-20T10:00:00.000Z', counts: { serverError: 2, busy: 1 } }] },
  ])
  t.equal(named.endpoints.length, 1, 'of one that had no call there is nothing')
  t.match(await get('/api/outcomes?endpoint=b'), { endpoints: [] })
  clock.now += 24 * 60 * MINUTE
  const later = await get('/api/endpoints/a/outcomes')
  t.same([later.slices, later.day, later.last.length, later.answerSeizure], [[], {}, 3, undefined])
  t.same(await get('/api/endpoints/b/outcomes'), { error: 'no call to b is known of' })
})

t.test(
  'the status says how many calls began in each minute, and when the first good webhook came',
  async (t) => {
    const { get, call, clock } = running()
    t.match(await get('/api/status'), {
      signatures: { accepted: 0, first: undefined },
      callsAMinute: Array(60).fill(0),
    })
    await call('CA1', '486')
    clock.now += 2 * MINUTE
    await call('CA2', '503')
    await call('CA3', '486')
    const { callsAMinute, signatures } = await get('/api/status')
    t.same(callsAMinute.slice(-4), [0, 1, 0, 2])
    t.equal(signatures.first, new Date(NOW).toISOString())
  },
)

t.test('only the last twenty calls and so many endpoints are kept', async (t) => {
  const history = new OutcomeHistory(2)
  const noted = (endpoint: string, at: number) =>
    history.note(endpoint, { at, callSid: `CA${at}`, outcome: 'answered', code: 200 })
  for (let at = 0; at < 25; at += 1) noted('a', at)
  t.same(
    history.of('a', 24)!.last.map(({ at }) => at),
    [...Array(20).keys()].map((at) => at + 5),
  )
  noted('b', 30)
  noted('a', 31)
  noted('c', 32)
  t.same(history.names(), ['a', 'c'])
  t.equal(history.of('b', 33), undefined)
})

t.test('a ring of counts forgets what is older than itself', async (t) => {
  const ring = new CountRing(3, 10, 2)
  ring.add(5, 1)
  ring.add(12)
  ring.add(12)
  t.same(ring.until(25), [
    { at: 0, counts: [0, 1] },
    { at: 10, counts: [2, 0] },
    { at: 20, counts: [0, 0] },
  ])
  ring.add(31, 1)
  t.same(
    ring.until(31).map(({ counts }) => counts),
    [
      [2, 0],
      [0, 0],
      [0, 1],
    ],
  )
  t.same(
    ring.until(1000).map(({ counts }) => counts),
    Array(3).fill([0, 0]),
  )
})
