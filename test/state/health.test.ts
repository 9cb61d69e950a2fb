import type { Test } from 'tap'
import t from 'tap'
import { RecentKeys } from '../../src/calls/recent-keys.js'
import { Health } from '../../src/state/health.js'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { CONFIG, clocked, MINUTE, NOW, to } from '../harness/clocked.js'

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

/** A server whose endpoint `a` was ejected, and just is no longer. */
async function readmitted(t: Test) {
  const server = await clocked(t, CONFIG.replace(', maxCalls: 1', ''))
  for (const _ of [1, 2, 3]) server.service.health.note('a', 'serverError', NOW, 503)
  server.clock.at += 30_000
  const rings = async (CallSid: string, To = '+15551230001') => {
    const { body } = await server.post('/voice', to(To, CallSid))
    return ['a', 'b'].filter((endpoint) => body.includes(`@${endpoint}.example.com`)).join()
  }
  const outcome = async (CallSid: string, more: Record<string, string>, path = ACTION) =>
    server.post(path, webhook({ CallSid, CallStatus: 'in-progress', ...more }))
  return { ...server, rings, outcome }
}

const ACTION = '/dialed?dial=main&hop=a&next=b&route=main'

t.test('an endpoint whose ejection is over is tried by one call at a time', async (t) => {
  const { rings, outcome, admin, clock } = await readmitted(t)
  t.equal(await rings('CA1'), 'a')
  t.equal(await rings('CA2'), 'b')
  t.equal(await rings('CA1'), 'a', 'its webhook comes again')
  const { endpoints } = (await (await admin('/api/endpoints')).json()) as { endpoints: object[] }
  const reason = '3 failures in a row, the last one serverError (503); ejection 1 is over, one call tries it'
  t.match(endpoints, [
    { name: 'a', state: 'ejected', reason, until: new Date(clock.at + 40_000).toISOString() },
  ])
  await outcome('CA2', { DialCallStatus: 'completed' }, ACTION.replace('hop=a', 'hop=b'))
  t.equal(await rings('CA3'), 'b', 'the end of another call says nothing of it')
  await outcome('CA1', { DialCallStatus: 'busy' })
  t.same([await rings('CA4'), await rings('CA5')], ['a', 'a'])
})

t.test('a call that fails at its trial ejects the endpoint at once, for longer', async (t) => {
  const { rings, outcome, service, clock } = await readmitted(t)
  await rings('CA1')
  const straggler = { DialCallStatus: 'failed', DialSipResponseCode: '500' }
  await outcome('CA0', straggler)
  t.equal(service.health.of('a', clock.at).until, clock.at + 40_000, 'it was not the one')
  await outcome('CA1', { DialCallStatus: 'failed', DialSipResponseCode: '503' })
  t.match(service.health.of('a', clock.at), { until: clock.at + 60_000, reason: /ejection 2$/ })
  await rings('CA2')
  clock.at += 60_000
  t.same([await rings('CA3'), await rings('CA4')], ['a', 'b'])
})

t.test('a trial without an outcome is left to the next call', async (t) => {
  const ways: Record<string, (server: Awaited<ReturnType<typeof readmitted>>) => Promise<unknown>> = {
    'the caller hangs up': ({ outcome }) =>
      outcome('CA1', { DialCallStatus: 'no-answer', CallStatus: 'completed' }),
    'the outcome is lost': async ({ clock }) => {
      clock.at += 40_000
    },
    'somebody else has answered': async ({ rings, outcome, clock }) => {
      clock.at += 40_000
      t.equal(await rings('CA1', '+15551230002'), 'a,b')
      t.equal(await rings('CA2', '+15551230002'), 'b', 'and of several that ring at once it is left out')
      await outcome('CA1', { DialCallStatus: 'completed' }, '/dialed?dial=both&hop=a%7Cb&route=both')
    },
  }
  for (const [name, way] of Object.entries(ways)) {
    const server = await readmitted(t)
    await server.rings('CA1')
    t.equal(await server.rings('CA2'), 'b')
    await way(server)
    t.same([await server.rings('CA3'), await server.rings('CA4')], ['a', 'b'], name)
  }
})

t.test('replicas that share their state try an endpoint with one call', async (t) => {
  const [one, other] = [new Health(), new Health()]
  for (const _ of [1, 2, 3]) one.note('a', 'unreachable', NOW)
  const later = NOW + 30_000
  one.beginTrial('a', 'CA1', later + MINUTE, later)
  other.failing.adopt('a', JSON.parse(JSON.stringify(one.failing.get('a'))))
  other.beginTrial('a', 'CA2', later + MINUTE, later)
  t.same(
    ['CA1', 'CA2', undefined].map((callSid) => other.standing('a', later, callSid)),
    ['up', 'ejected', 'ejected'],
  )
  t.notOk(other.endTrial('a', 'CA2'))
  t.ok(other.endTrial('a', 'CA1'))
  other.beginTrial('b', 'CA2', later, later)
  t.same([other.standing('a', later), other.failing.size], ['up', 1])
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
