import assert from 'node:assert/strict'
import t from 'tap'
import { advance, decide } from '../../src/decide.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP, type Standing } from '../../src/model/state.js'
import { callOf, configOf } from '../harness/build.js'
import { CHAIN, dialOf, ENDPOINTS, NOW, outcome, standing, verbs } from '../harness/following.js'

t.test('an endpoint that is not up is tried last', async (t) => {
  const first = (others: Readonly<Record<string, Standing>>) => {
    const step = dialOf(decide(CHAIN, callOf(), NOW, standing(others)))
    return step && [step.plan.hop, ...step.plan.next]
  }
  t.same(first({ a: 'ejected' }), ['b', 'c', 'a'])
  t.same(first({ a: 'drained', b: 'ejected' }), ['c', 'b', 'a'])
  t.same(first({ a: 'ejected', b: 'drained', c: 'ejected' }), ['a', 'b', 'c'], 'none is up: as written')
  t.same(first({ a: 'full' }), ['b', 'c'], 'a full one is skipped')
  t.same(verbs(decide(CHAIN, callOf(), NOW, standing({ a: 'full', b: 'full', c: 'full' }))), ['say'])
})

t.test('of a ring only those that are up ring', async (t) => {
  const config = configOf(`${ENDPOINTS}
routes: [{ to: "+15551230001", dial: [{ ring: [a, b] }, c] }]
`)
  const rung = (others: Readonly<Record<string, Standing>>) => {
    const { targets, plan } = dialOf(decide(config, callOf(), NOW, standing(others)))!
    return [targets.map((target) => target.endpoint.name), ...plan.next]
  }
  t.same(rung({}), [['a', 'b'], 'c'])
  t.same(rung({ a: 'ejected' }), [['b'], 'c'])
  t.same(rung({ a: 'ejected', b: 'ejected' }), [['c'], 'a|b'])
})

t.test('an endpoint that was busy is left out of a later ring', async (t) => {
  const config = configOf(`${ENDPOINTS}
routes: [{ to: "+15551230001", dial: a, otherwise: { dial: { ring: [a, b] } } }]
`)
  const first = dialOf(decide(config, callOf(), NOW, ALL_UP))!
  const second = dialOf(advance(config, callOf(), first.plan, outcome('busy', 486), ALL_UP))!
  t.same(
    second.targets.map((target) => target.endpoint.name),
    ['b'],
  )
})

t.test('a split keeps its shares and moves only what it must', async (t) => {
  const split = (shares: string) =>
    configOf(`${ENDPOINTS}
routes: [{ to: "+15551230001", dial: { split: ${shares} } }]
`)
  const [three, two] = [split('{ a: 60, b: 30, c: 10 }'), split('{ a: 60, c: 10 }')]
  const orderOf = (config: Config, at: number) =>
    verbs(decide(config, callOf({ CallSid: `CA${at}` }), NOW, ALL_UP))
  const counts: Record<string, number> = { a: 0, b: 0, c: 0, ab: 0, ac: 0 }
  for (let at = 0; at < 10_000; at += 1) {
    const order = orderOf(three, at)
    counts[order[0]!]! += 1
    if (order[0] === 'a') counts[order.slice(0, 2).join('')]! += 1
    assert.deepEqual(order.toSorted(), ['a', 'b', 'c'])
    assert.deepEqual(
      orderOf(two, at),
      order.filter((hop) => hop !== 'b'),
      'only the calls of b move',
    )
  }
  const isShare = (name: string, share: number, of: number) => {
    // four standard deviations of a binomial distribution
    const room = 4 * Math.sqrt(of * share * (1 - share))
    t.ok(Math.abs(counts[name]! - share * of) < room, `${name}: ${counts[name]} of ${of}`)
  }
  for (const [name, share] of Object.entries({ a: 0.6, b: 0.3, c: 0.1 })) isShare(name, share, 10_000)
  for (const [name, share] of Object.entries({ ab: 0.75, ac: 0.25 })) isShare(name, share, counts.a!)
})

t.test('a split by caller keeps a caller together', async (t) => {
  const config = configOf(`${ENDPOINTS}
routes: [{ to: "+15551230001", dial: { split: { a: 1, b: 1, c: 1 }, by: caller } }]
`)
  const order = (CallSid: string, From: string) =>
    verbs(decide(config, callOf({ CallSid, From }), NOW, ALL_UP))
  const callers = ['+15550000001', '+15550000002', '+15550000003', '+15550000004', '+15550000005']
  for (const from of callers) t.same(order('CA1', from), order('CA2', from))
  t.ok(new Set(callers.map((from) => order('CA1', from)[0])).size > 1)
})

t.test('a URI that is too long is passed over', async (t) => {
  const config = configOf(`
endpoints:
  long: { uri: "sip:{{params.X}}@a.example.com" }
  b: { uri: "sip:b.example.com" }
routes: [{ to: "+15551230001", dial: [long, b] }]
`)
  const decision = decide(config, callOf({ X: 'x'.repeat(300) }), NOW, ALL_UP)
  t.same(verbs(decision), ['b'])
  t.match(decision.passedOver, [{ hop: 'long', why: /255/ }])
  t.match(decision.warnings, [/255/])
})
