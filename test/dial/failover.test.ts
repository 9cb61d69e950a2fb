import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { classify, OUTCOME_CLASSES, type Outcome } from '../../src/call/outcome.js'
import { advance, decide } from '../../src/decide.js'
import { planQuery, readPlan } from '../../src/dial/plan.js'
import type { Config } from '../../src/model/config.js'
import type { Plan, Step } from '../../src/model/decision.js'
import { ALL_UP } from '../../src/model/state.js'
import { callOf, configOf } from '../harness/build.js'
import { cases } from '../harness/cases.js'
import { CHAIN, dialOf, ENDPOINTS, follow, NOW, outcome, throughUrl, verbs } from '../harness/following.js'

t.test('each outcome has one class', async (t) => {
  const cases: readonly (readonly [string, number | undefined, Partial<Outcome>, string])[] = [
    ['completed', 200, {}, 'answered'],
    ['completed', undefined, {}, 'answered'],
    ['answered', undefined, {}, 'answered'],
    ['completed', 486, {}, 'answered'],
    ['failed', undefined, {}, 'unreachable'],
    ['no-answer', undefined, {}, 'unreachable'],
    ['no-answer', undefined, { rang: true }, 'noAnswer'],
    ['failed', undefined, { rang: true }, 'unreachable'],
    ['no-answer', 487, {}, 'noAnswer'],
    ['no-answer', 180, {}, 'noAnswer'],
    ['no-answer', 408, { rang: true }, 'unreachable'],
    ['failed', 500, {}, 'serverError'],
    ['failed', 503, {}, 'serverError'],
    ['busy', 503, {}, 'serverError'],
    ...[401, 403, 407, 488, 606, 400, 420, 302].map((code) => ['failed', code, {}, 'rejected'] as const),
    ...[404, 410, 484, 604].map((code) => ['failed', code, {}, 'notFound'] as const),
    ['failed', 480, {}, 'unavailable'],
    ['busy', 486, {}, 'busy'],
    ['busy', 600, {}, 'busy'],
    ['busy', undefined, {}, 'busy'],
    ...[603, 607, 608, 699].map((code) => ['failed', code, {}, 'declined'] as const),
    ['canceled', 487, {}, 'canceled'],
    ['canceled', undefined, {}, 'canceled'],
    ['failed', 200, {}, 'answered'],
    ['', undefined, {}, 'unreachable'],
    ['constructor', undefined, {}, 'unreachable'],
    // the caller has left, whatever is said of the leg
    ...['no-answer', 'failed', 'busy', 'canceled', ''].map(
      (status) => [status, undefined, { callerLeft: true }, 'canceled'] as const,
    ),
    ...[180, 408, 486, 487, 503, 603].map(
      (code) => ['no-answer', code, { rang: true, callerLeft: true }, 'canceled'] as const,
    ),
    ['completed', 200, { callerLeft: true }, 'answered'],
    ['completed', undefined, { bridged: true, callerLeft: true }, 'answered'],
    // a leg was cancelled, and its caller still waits
    ['canceled', undefined, { callerLeft: false }, 'unreachable'],
    ['canceled', 487, { callerLeft: false }, 'unreachable'],
    ['canceled', undefined, { rang: true, callerLeft: false }, 'noAnswer'],
    ['canceled', 487, { rang: true, callerLeft: false }, 'noAnswer'],
    ['canceled', 180, { callerLeft: false }, 'noAnswer'],
    ['no-answer', undefined, { callerLeft: false }, 'unreachable'],
  ]
  for (const [status, code, more, expected] of cases) {
    t.equal(
      classify(outcome(status, code, more)),
      expected,
      `${status} ${code ?? ''} ${JSON.stringify(more)}`,
    )
  }
})

t.test('an answered call that nobody accepted counts as not answered', async (t) => {
  t.equal(classify(outcome('completed', 200, { bridged: false }), true), 'noAnswer')
  t.equal(classify(outcome('completed', 200, { bridged: true }), true), 'answered')
  t.equal(classify(outcome('completed', 200, { bridged: false })), 'answered')
  t.equal(classify(outcome('canceled', undefined, { bridged: false }), true), 'canceled')
  t.equal(classify(outcome('busy', 486, { bridged: false }), true), 'busy')
  t.equal(classify(outcome('completed', undefined, { bridged: false }), true), 'noAnswer')
  t.equal(classify(outcome('no-answer', 200, { bridged: false }), true), 'noAnswer')
  t.equal(classify(outcome('busy', undefined, { bridged: false }), true), 'busy')
  t.equal(classify(outcome('no-answer', undefined, { bridged: false }), true), 'unreachable', 'silence')
  t.equal(classify(outcome('completed', 200, { bridged: false, callerLeft: true }), true), 'canceled')
})

t.test('a screen of any kind makes a refusal a no-answer', async (t) => {
  const refused = [
    outcome('completed', 200, { bridged: false }),
    outcome('no-answer', 200, { bridged: false }),
  ]
  const dials = [
    'dial: a, screen: true',
    'dial: a, screen: "https://example.com/screen"',
    'dial: { endpoint: a, url: "https://example.com/screen" }',
    'dial: { ring: [b, { endpoint: a, url: "https://example.com/screen" }] }',
    'dial: { number: "+15550000009", url: "https://example.com/screen" }, callerId: "+15551230001"',
  ]
  for (const dial of dials) {
    const config = configOf(`${ENDPOINTS}
routes: [{ to: "+15551230001", ${dial}, otherwise: { say: sorry } }]
`)
    for (const one of refused) t.same(follow(config, [one])[1], ['say'], `${dial}, ${one.status}`)
    t.same(follow(config, [outcome('completed', 200, { bridged: true })])[1], ['hangup'], dial)
  }
  t.same(follow(CHAIN, [refused[0]!])[1], ['hangup'], 'nobody is asked there')
  const plan: Plan = {
    dial: 'gone',
    fingerprint: '',
    hop: 'gone',
    next: ['b'],
    tried: [],
    route: '',
    rule: '',
  }
  const { outcome: outcomeClass } = advance(CHAIN, callOf(), plan, refused[0]!, ALL_UP)
  t.equal(outcomeClass, 'noAnswer', 'whether a hop that is gone was screened is not known')
})

t.test('when a leg is cancelled the plan goes on for its caller', async (t) => {
  const canceled = outcome('canceled', 487, { callerLeft: false })
  t.same(follow(CHAIN, [canceled, canceled, canceled]), [['a', 'b', 'c'], ['b', 'c'], ['c'], ['say']])
  t.same(follow(CHAIN, [{ ...canceled, rang: true }]), [['a', 'b', 'c'], ['say']])
})

t.test('a failed endpoint is followed by the next', async (t) => {
  t.same(follow(CHAIN, [outcome('failed', 503), outcome('busy', 486)]), [
    ['a', 'b', 'c'],
    ['b', 'c'],
    ['say'],
  ])
  t.same(follow(CHAIN, [outcome('failed'), outcome('no-answer'), outcome('failed', 403)]), [
    ['a', 'b', 'c'],
    ['b', 'c'],
    ['c'],
    ['say'],
  ])
})

t.test('an answer ends the chain', async (t) => {
  t.same(follow(CHAIN, [outcome('busy', 486)]), [['a', 'b', 'c'], ['say']])
  t.same(follow(CHAIN, [outcome('failed', 603)]), [['a', 'b', 'c'], ['say']])
  t.same(follow(CHAIN, [outcome('no-answer', 487)]), [['a', 'b', 'c'], ['say']])
  t.same(follow(CHAIN, [outcome('completed', 200)]), [['a', 'b', 'c'], ['hangup']])
  t.same(follow(CHAIN, [outcome('canceled', 487)]), [['a', 'b', 'c'], ['hangup']])
})

t.test('failoverOn takes classes and codes', async (t) => {
  const config = configOf(`${ENDPOINTS}
defaults: { failoverOn: [busy, 404] }
routes:
  - { to: "+15551230001", dial: [a, b, c] }
`)
  t.same(follow(config, [outcome('failed', 404), outcome('busy', 486)]), [['a', 'b', 'c'], ['b', 'c'], ['c']])
  t.same(follow(config, [outcome('failed', 410)]), [['a', 'b', 'c'], ['hangup']])
  t.same(follow(config, [outcome('failed', 503)]), [['a', 'b', 'c'], ['hangup']])
})

t.test('failoverOn: any goes on after all but an answer and a caller who has left', async (t) => {
  for (const written of ['any', '[any]']) {
    const config = configOf(`${ENDPOINTS}
defaults: { failoverOn: ${written} }
routes:
  - { to: "+15551230001", dial: [a, b, c] }
`)
    for (const code of [408, 503, 403, 404, 480, 486, 603, 487, 302])
      t.same(
        follow(config, [outcome('failed', code)]),
        [
          ['a', 'b', 'c'],
          ['b', 'c'],
        ],
        `${code}`,
      )
    t.same(follow(config, [outcome('completed', 200)]), [['a', 'b', 'c'], ['hangup']])
    t.same(follow(config, [outcome('canceled', 487)]), [['a', 'b', 'c'], ['hangup']])
  }
})

t.test('otherwise does not ring an endpoint that was busy', async (t) => {
  const config = configOf(`${ENDPOINTS}
routes:
  - { to: "+15551230001", dial: a, otherwise: { dial: [a, "sip:{{To}}@a.example.com;transport=tcp", b], otherwise: { hangup: true } } }
`)
  t.same(follow(config, [outcome('busy', 486)]), [['a'], ['b']])
  t.same(
    follow(config, [outcome('failed', 503)]),
    [['a'], ['a', 'sip:{{To}}@a.example.com;transport=tcp', 'b']],
    'one that failed may be tried again',
  )
})

t.test('nobody who was reached is rung again', async () => {
  const address = fc.constantFrom('a', 'b', 'c')
  const chain = fc.array(address, { minLength: 1, maxLength: 6 })
  const on = fc.uniqueArray(
    fc.constantFrom(
      'busy',
      'declined',
      'noAnswer',
      'unreachable',
      'serverError',
      'rejected',
      'notFound',
      '486',
      '603',
      '600',
      '503',
    ),
    { minLength: 1 },
  )
  const status = fc.constantFrom('completed', 'answered', 'busy', 'no-answer', 'failed', 'canceled', '')
  const code = fc.option(fc.integer({ min: 100, max: 699 }), { nil: undefined })
  const outcomes = fc.array(
    fc.record({ status, code, rang: fc.boolean(), bridged: fc.option(fc.boolean(), { nil: undefined }) }),
    { maxLength: 14 },
  )
  fc.assert(
    fc.property(chain, chain, on, outcomes, (first, second, failoverOn, happened) => {
      const config = configOf(`${ENDPOINTS}
defaults: { failoverOn: [${failoverOn.join(', ')}] }
routes:
  - { to: "+15551230001", dial: [${first.join(', ')}], otherwise: { dial: [${second.join(', ')}], otherwise: { say: sorry } } }
`)
      const way = follow(config, happened)
      const reached = new Set<string>()
      for (const [at, hops] of way.entries()) {
        const [rung = ''] = hops
        for (const hop of hops)
          assert(!reached.has(hop), `${hop} was reached and is rung again: ${JSON.stringify(way)}`)
        const came = happened[at]
        if (!came) break
        const outcomeClass = classify(came)
        assert(OUTCOME_CLASSES.includes(outcomeClass))
        if (outcomeClass === 'answered' || outcomeClass === 'canceled') {
          if (way[at + 1]) assert.deepEqual(way[at + 1], ['hangup'])
        }
        if (['busy', 'declined'].includes(outcomeClass)) reached.add(rung)
      }
    }),
    { numRuns: cases(100) },
  )
})

t.test('a plan goes on after a reload that renamed things', async (t) => {
  const before = configOf(`${ENDPOINTS}
routes:
  - { name: main, to: "+15551230001", rules: [{ dial: [a, b, c], otherwise: { say: sorry } }] }
`)
  const plan = dialOf(decide(before, callOf(), NOW, ALL_UP))!.plan
  const after = (yaml: string, came = outcome('failed', 503)) =>
    verbs(advance(configOf(yaml), callOf(), throughUrl(plan), came, ALL_UP))
  const moved = `${ENDPOINTS}
routes:
  - { name: main, to: "+15551230001", rules: [{ if: { from: anonymous }, dial: [a, b], otherwise: { hangup: true } }, { dial: [a, b, c], otherwise: { say: sorry } }] }
`
  t.same(after(moved), ['b', 'c'], 'the rule has another place')
  t.same(after(moved, outcome('busy', 486)), ['say'], 'what follows is of the same dial')
  const renamed = moved.replace('name: main', 'name: other')
  t.same(after(renamed), ['b', 'c'], 'the route has another name')
  const gone = `endpoints: { a: { uri: "sip:a.example.com" }, c: { uri: "sip:c.example.com" } }
routes:
  - { name: main, to: "+15551230001", rules: [{ dial: [a, c], otherwise: { say: sorry } }] }
`
  t.same(after(gone), ['c'], 'an endpoint is gone')
  t.same(after('routes: []\ndefault: { say: closed }'), ['say'], 'everything is gone')
})

t.test('a call that a rule of the config dials goes on after a reload that moved the rule', async (t) => {
  const configWith = (rules: string) =>
    configOf(`${ENDPOINTS}
rules: [${rules}]
routes: [{ name: main, to: "+15551230001", say: hi }]
`)
  const dialling = '{ if: { from: "+1555*" }, dial: [a, b], otherwise: { say: sorry } }'
  const before = decide(configWith(dialling), callOf(), NOW, ALL_UP)
  t.match(before, { route: '', rule: '1', steps: [{ plan: { dial: '@@rules/1' } }] })
  const moved = configWith(`{ if: { from: anonymous }, reject: busy }, ${dialling}`)
  const plan = throughUrl(dialOf(before)!.plan)
  const after = advance(moved, callOf(), plan, outcome('failed', 503), ALL_UP)
  t.same(verbs(after), ['b'])
  t.same(verbs(advance(moved, callOf(), plan, outcome('busy', 486), ALL_UP)), ['say'])
  t.same(verbs(decide(moved, callOf({ From: 'anonymous' }), NOW, ALL_UP)), ['reject'])
})

t.test(
  'after a reload that moved a rule, a busy callee leads to the otherwise of its own dial',
  async (t) => {
    const rules = (...lines: string[]) =>
      configOf(`${ENDPOINTS}
routes:
  - { name: main, to: "+15551230001", rules: [${lines.join(', ')}] }
actions: { later: { say: later } }
`)
    const own = '{ if: { from: "+1555*" }, dial: [a, b], otherwise: OWN }'
    const other = '{ if: { from: "+1900*" }, dial: [a, b], otherwise: OTHER }'
    for (const [ours, theirs, verb] of [
      ['{ say: ours }', '{ say: theirs }', 'say'],
      ['{ play: "https://example.com/1.mp3" }', '{ play: "https://example.com/2.mp3" }', 'play'],
      ['{ redirect: "https://example.com/1" }', '{ redirect: "https://example.com/2" }', 'redirect'],
      ['{ reject: busy }', '{ reject: rejected }', 'reject'],
      ['{ dial: c, otherwise: { say: x } }', '{ dial: c, otherwise: { say: y } }', 'dial'],
      ['later', '{ say: sooner }', 'say'],
      ['{ record: true }', '{ hangup: true }', 'record'],
    ] as const) {
      const [first, second] = [own.replace('OWN', () => ours), other.replace('OTHER', () => theirs)]
      const before = rules(first, second)
      const { plan } = dialOf(decide(before, callOf(), NOW, ALL_UP))!
      t.equal(plan.dial, 'main/1')
      const answered = (config: Config) =>
        advance(config, callOf(), throughUrl(plan), outcome('busy', 486), ALL_UP).steps.map(asTold)
      const expected = answered(before)
      t.match(expected, [{ verb }], ours)
      t.same(answered(rules(second, first)), expected, `${ours} has another place`)
    }
  },
)

/** A step without what differs by the place of its rule. */
function asTold(step: Step): unknown {
  if ('hop' in step) return { verb: step.verb, fingerprint: step.plan.fingerprint, hop: step.hop.name }
  return step.verb === 'record' ? { verb: step.verb } : step
}

t.test('a hop that left its dial is still an endpoint', async (t) => {
  const plan: Plan = {
    dial: 'main',
    fingerprint: '',
    hop: 'a',
    next: ['b', 'x'],
    tried: [],
    route: 'main',
    rule: '',
  }
  const config = configOf(`${ENDPOINTS}
routes: [{ name: main, to: "+15551230001", dial: [a, c] }]
`)
  const decision = advance(config, callOf(), plan, outcome('failed', 500), ALL_UP)
  t.same(verbs(decision), ['b'])
  t.match(decision.passedOver, [{ hop: 'x', why: /no longer/ }])
  const bare = configOf(`${ENDPOINTS}
routes: [{ name: other, to: "+15551230009", dial: [a, b, c] }]
`)
  t.same(verbs(advance(bare, callOf(), plan, outcome('failed', 500), ALL_UP)), ['b'])
})

t.test('a plan survives the way through a URL', async () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[|^ ]/.test(text))
  const tried = fc.array(
    fc.record({ hop: word, outcome: fc.constantFrom(...OUTCOME_CLASSES) }, { noNullPrototype: true }),
  )
  const names = { dial: word, fingerprint: word, hop: word, route: word, rule: word }
  const plans = fc.record({ ...names, next: fc.array(word), tried }, { noNullPrototype: true })
  fc.assert(
    fc.property(plans, (plan) => {
      throughUrl(plan)
      const query = planQuery(plan)
      assert.match(query, /^[\w.%=&*-]*$/)
      const sorted = new URLSearchParams(query)
      sorted.sort()
      assert.equal(sorted.toString(), query, 'sorting and writing it again changes nothing')
    }),
  )
})

t.test('a query without dial or hop holds no plan', async (t) => {
  t.equal(readPlan({}), undefined)
  t.equal(readPlan({ dial: 'x' }), undefined)
  t.same(readPlan({ dial: 'x', hop: 'y', tried: 'nonsense:z^busy:a' })?.tried, [
    { outcome: 'busy', hop: 'a' },
  ])
})

t.test('later hops know who was called by a REFER', async (t) => {
  const { plan } = dialOf(decide(CHAIN, callOf(), NOW, ALL_UP))!
  t.match(throughUrl({ ...plan, called: '+15551230002' }), { called: '+15551230002', dial: plan.dial })
})
