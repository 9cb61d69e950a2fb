import t from 'tap'
import { RecentKeys } from '../../src/calls/recent-keys.js'
import { Health } from '../../src/state/health.js'
import { webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { clocked, MINUTE, NOW, to } from '../harness/clocked.js'

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
