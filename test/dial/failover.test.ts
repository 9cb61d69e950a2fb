import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { classify, OUTCOME_CLASSES, type Outcome } from '../../src/call/outcome.js'
import { advance, decide, refer, resume } from '../../src/decide.js'
import { resumeIn } from '../../src/dial/find-dial.js'
import { planQuery, readPlan } from '../../src/dial/plan.js'
import type { Config } from '../../src/model/config.js'
import type { Decision, DialStep, Plan, Step } from '../../src/model/decision.js'
import { ALL_UP, type Standing, type State } from '../../src/model/state.js'
import { callOf, configOf, referredCallOf } from '../harness/build.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')

const ENDPOINTS = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
  c: { uri: "sip:{{To}}@c.example.com" }
`

function dialOf({ steps }: Decision): DialStep | undefined {
  return steps.find((step): step is DialStep => step.verb === 'dial')
}

/** What a decision does: verbs, and for a dial the hop that rings now with those still to try. */
function verbs({ steps }: Decision): string[] {
  return steps.flatMap((step) => ('hop' in step ? [step.hop.name, ...step.plan.next] : step.verb))
}

/** The world with some endpoints not up. */
function standing(others: Readonly<Record<string, Standing>>): State {
  return { standing: (endpoint) => others[endpoint] ?? 'up' }
}

function outcome(status: string, code?: number, more: Partial<Outcome> = {}): Outcome {
  return { status, code, rang: false, bridged: undefined, ...more }
}

/** A call from its first webhook on: each outcome brings the next decision, until nothing is dialled any more. */
function follow(config: Config, outcomes: readonly Outcome[], state: State = ALL_UP): string[][] {
  let decision = decide(config, callOf(), NOW, state)
  const way = [verbs(decision)]
  for (const one of outcomes) {
    const plan = dialOf(decision)?.plan
    if (!plan) break
    decision = advance(config, callOf(), throughUrl(plan), one, state)
    way.push(verbs(decision))
  }
  return way
}

const SIP_CALLER = configOf(`
${ENDPOINTS}
routes:
  - name: main
    to: ["+15551230001", "sip:*@acme.sip.twilio.com"]
    rules:
      - { name: hidden, if: { from: anonymous }, reject: busy }
      - { name: diverted, if: { forwardedFrom: [anonymous, "+2711*"] }, reject: busy }
      - { name: african, if: { from: "+27*", fromCountry: ZA }, say: "{{From.digits}} {{From.national}} {{To.digits}} {{To.national}}" }
      - { name: abroad, if: { fromCountry: [ZA, DE] }, say: hello }
      - { name: rest, say: "{{From.digits}}" }
`)

function ruled(overrides: Record<string, string>) {
  const { rule, steps } = decide(SIP_CALLER, callOf(overrides), NOW, ALL_UP)
  const [step] = steps
  return [rule, step?.verb === 'say' ? step.text : step?.verb]
}

t.test('a SIP caller with a number is a caller of that number', async (t) => {
  const From = 'sip:+27821234567;npdi;rn=+27991234567@pbx.example;user=phone'
  const To = 'sip:+4930123456@acme.sip.twilio.com'
  t.same(ruled({ From, To }), ['african', '27821234567 0821234567 4930123456 030123456'])
  t.same(ruled({ From: 'sip:+4930123456@pbx.example' }), ['abroad', 'hello'])
  t.same(ruled({ From: 'sip:7001;rn=+4930@pbx.example' }), ['rest', '7001'])
  t.same(ruled({ From: 'sip:+27821234567@pbx.example', FromCountry: 'US' })[0], 'rest')
})

t.test('a withheld caller is one in every spelling', async (t) => {
  for (const From of ['+17378742833', 'sip:+266696687@pbx.example', 'sip:unavailable@pbx.example', '2562533'])
    t.same(ruled({ From }), ['hidden', 'reject'], From)
})

t.test('an empty ForwardedFrom is no forwarding', async (t) => {
  t.equal(ruled({ ForwardedFrom: '' })[0], 'rest')
  t.equal(ruled({ ForwardedFrom: 'anonymous' })[0], 'diverted')
  t.equal(ruled({ ForwardedFrom: 'sip:+27111234567@pbx.example' })[0], 'diverted')
})

/** A plan as the next webhook brings it. */
function throughUrl(plan: Plan): Plan {
  const read = readPlan(Object.fromEntries(new URLSearchParams(planQuery(plan))))
  assert.deepEqual(read, plan)
  return read
}

const CHAIN = configOf(`${ENDPOINTS}
routes:
  - { name: main, to: "+15551230001", dial: [a, b, c], otherwise: { say: sorry } }
`)

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
  const plan: Plan = { dial: 'gone', mark: '', hop: 'gone', next: ['b'], tried: [], route: '', rule: '' }
  const { outcome: outcomeClass } = advance(CHAIN, callOf(), plan, refused[0]!, ALL_UP)
  t.equal(outcomeClass, 'noAnswer', 'whether a hop that is gone was screened is not known')
})

t.test('a leg that somebody cancels leaves its caller to the plan', async (t) => {
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

t.test('whoever was reached ends the chain', async (t) => {
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

t.test('otherwise does not ring whoever was busy', async (t) => {
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
    { numRuns: 200 },
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
  if ('hop' in step) return { verb: step.verb, mark: step.plan.mark, hop: step.hop.name }
  return step.verb === 'record' ? { verb: step.verb } : step
}

t.test('a hop that left its dial is still an endpoint', async (t) => {
  const plan: Plan = {
    dial: 'main',
    mark: '',
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
  const names = { dial: word, mark: word, hop: word, route: word, rule: word }
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

t.test('a query without a plan is none', async (t) => {
  t.equal(readPlan({}), undefined)
  t.equal(readPlan({ dial: 'x' }), undefined)
  t.same(readPlan({ dial: 'x', hop: 'y', tried: 'nonsense:z^busy:a' })?.tried, [
    { outcome: 'busy', hop: 'a' },
  ])
})

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

t.test('who was busy is left out of a later ring', async (t) => {
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

t.test('a REFER reaches what the routes claim and no more', async (t) => {
  const config = configOf(`${ENDPOINTS}
routes:
  - { name: desk, to: "+15551230002", dial: b }
  - { name: ours, to: "sip:*@acme.sip.twilio.com", dial: c }
`)
  const to = (target: string) => verbs(refer(config, referredCallOf(target), NOW, ALL_UP))
  t.same(to('<sip:+15551230002@pbx.example.com>'), ['b'])
  for (const target of [
    '<tel:+15551230002>',
    'tel:+1-555-123-0002',
    '<TEL:+1(555)123.0002;ext=7>',
    'sip:+1-555-123-0002;npdi@pbx.example.com;user=phone?Replaces=a%40b',
    '"Desk <2>" <sip:%2B15551230002:secret@pbx.example.com>',
    'sips:+15551230002@pbx.example.com',
    '+15551230002',
  ])
    t.same(to(target), ['b'], target)
  t.same(to('"Desk" <sip:100@acme.sip.twilio.com;user=phone>'), ['c'])
  t.same(to('sip:+1-x@acme.sip.twilio.com?Replaces=sip%3A1@x'), ['c'])
  t.same(to('sip:+19005550000@evil.example.com'), ['reject'])
  for (const target of [
    '',
    'tel:',
    'tel:+',
    'tel:0002;phone-context=+1555123',
    'sip:%zz@x',
    'mailto:+15551230002',
  ])
    t.same(to(target), ['reject'], target)
  const { reason } = refer(config, referredCallOf('sip:100:s3cret@acme.sip.twilio.com'), NOW, ALL_UP)
  t.equal(reason, 'referred to sip:100:***@acme.sip.twilio.com: route ours by sip:*@acme.sip.twilio.com')
})

t.test('a decision tells its reasons', async (t) => {
  const config = configOf(`${ENDPOINTS}
schedules: { office: { timezone: UTC, open: ["mon-fri 09:00-09:30"] } }
routes:
  - name: main
    to: "+1555*"
    rules:
      - { name: blocked, if: { from: "+1900*" }, reject: busy }
      - { if: { schedule: office }, dial: a }
      - { name: rest, dial: b }
  - { name: strict, to: "+1666*", rules: [{ if: { attestation: A }, dial: a }] }
`)
  const decision = decide(config, callOf(), NOW, ALL_UP)
  t.match(decision, {
    route: 'main',
    claim: '+1555*',
    rule: 'rest',
    reason: 'route main by +1555*, rule rest',
  })
  t.match(decision.skipped, [
    { rule: 'blocked', condition: { key: 'from' }, saw: '+15557650002' },
    { rule: '2', condition: { key: 'schedule' }, saw: /^office: outside/ },
  ])
  t.match(decide(config, callOf({ To: '+16661230001' }), NOW, ALL_UP), {
    route: 'strict',
    rule: '',
    reason: /no rule fits/,
    steps: [{ verb: 'reject' }],
  })
  t.match(decide(config, callOf({ To: '+49' }), NOW, ALL_UP), { route: '', reason: 'no route claims +49' })
})

t.test('who was called by a REFER stays known to the later hops', async (t) => {
  const { plan } = dialOf(decide(CHAIN, callOf(), NOW, ALL_UP))!
  t.match(throughUrl({ ...plan, called: '+15551230002' }), { called: '+15551230002', dial: plan.dial })
})

t.test('a rule may be called otherwise', async (t) => {
  const config = configOf(`
endpoints: { a: { uri: sip:a@a.example.com } }
routes:
  - name: main
    to: "+15551230001"
    rules:
      - { if: { from: "+1900*" }, dial: a, otherwise: { say: the chain } }
      - { name: otherwise, record: { maxLength: 5 }, action: bye }
actions: { bye: { say: the rule } }
`)
  const recording = resumeIn(decide(config, callOf(), NOW, ALL_UP).steps)!
  t.match(resume(config, callOf(), recording, ALL_UP).steps, [{ verb: 'say', text: 'the rule' }])
})

t.test('actions may be called default and otherwise', async (t) => {
  const config = configOf(`
defaults: { otherwise: [{ record: true }, { say: of defaults }] }
default: [{ record: true }, { say: of nobody }]
endpoints: { a: { uri: sip:a@a.example.com } }
routes:
  - { name: recorded, to: "+15551230001", action: default }
  - { name: dialled, to: "+15551230002", dial: a }
  - { name: named, to: "+15551230003", dial: a, otherwise: otherwise }
actions:
  default: [{ record: true }, { say: named default }]
  otherwise: [{ record: true }, { say: named otherwise }]
`)
  const after = (To: string) => {
    const call = callOf({ To })
    const first = decide(config, call, NOW, ALL_UP)
    const dial = dialOf(first)
    const { steps } = dial ? advance(config, call, dial.plan, outcome('busy', 486), ALL_UP) : first
    return resume(config, call, resumeIn(steps)!, ALL_UP).steps[0]
  }
  t.match(after('+15551230001'), { text: 'named default' })
  t.match(after('+15551230002'), { text: 'of defaults' })
  t.match(after('+15551230003'), { text: 'named otherwise' })
  t.match(after('+15551230004'), { text: 'of nobody' })
})
