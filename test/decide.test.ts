import t from 'tap'
import { advance, decide, refer, resume } from '../src/decide.js'
import { resumeIn } from '../src/dial/find-dial.js'
import { ALL_UP } from '../src/model/state.js'
import { callOf, configOf, referredCallOf } from './harness/build.js'
import { dialOf, ENDPOINTS, NOW, outcome, verbs } from './harness/following.js'

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
