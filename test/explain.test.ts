import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import type { ExplainedCall } from '../routes/admin/explain.js'
import { adminApp } from '../routes/admin-app.js'
import { createService } from '../routes/service.js'
import { TwimlWriter } from '../src/actions/twiml-writer.js'
import { classify, OUTCOME_CLASSES, OUTCOME_WORDS, readOutcome } from '../src/call/outcome.js'
import { explainCommand } from '../src/calls/recent-call.js'
import { decide } from '../src/decide.js'
import { noneCalled } from '../src/errors/suggest.js'
import { explainer } from '../src/explain/explain.js'
import type { Explanation } from '../src/explain/explanation.js'
import { printExplanation, printShort } from '../src/explain/print.js'
import {
  type ExplainRequest,
  readPairs,
  readRequest,
  readScenario,
  together,
  WrongQuestion,
} from '../src/explain/scenario.js'
import type { Config } from '../src/model/config.js'
import { ALL_UP } from '../src/model/state.js'
import { secretMasker } from '../src/sip/masker.js'
import { ACCOUNT, callOf, configOf, HEAD } from './harness/build.js'
import { cases } from './harness/cases.js'
import { compiledText } from './harness/diff-configs.js'
import { run } from './harness/run.js'

const YAML = `
endpoints:
  frankfurt:
    uri: sip:{{To}}@fra.example.com;transport=tls
    region: de1
    username: twilio
    password: hush-hush-hush
    headers: { X-Tenant: acme & sons, X-Key: "\${TOKEN}67890" }
  dublin: { uri: "sip:{{To}}@dub.example.com", edge: dublin }
schedules:
  office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] }
routes:
  - name: berlin
    to: ["+4930123456", "+493099*", "+4930770100..+4930770199", "+4930*"]
    rules:
      - if: { from: ["anonymous", "+1900*"] }
        reject: busy
      - if: { schedule: office }
        dial: [frankfurt, dublin]
        otherwise: voicemail
      - { name: night, say: closed }
  - { name: team, to: "sip:*@acme.sip.twilio.com", dial: { ring: [frankfurt, dublin] }, screen: { accept: 1 } }
  - { name: odd, to: "+15550001", dial: [{ number: "+15550002" }], otherwise: { hangup: true } }
actions:
  voicemail: { say: leave a message, record: { maxLength: 60 } }
`
const config = configOf(YAML)

/** Friday morning in Berlin. */
const OPEN = Date.parse('2026-11-20T10:00:00+01:00')

function ask(
  to: string,
  question: Omit<ExplainRequest, 'params'> & { params?: ExplainRequest['params'] } = {},
  of = config,
) {
  const params = { To: to, From: '+491701234567', ...question.params }
  return explainer(of)(readScenario(of, { ...question, params }, OPEN, ALL_UP))
}

const APART = compiledText(`
publicUrl: https://voice.example.com
accounts:
  - { sid: ${ACCOUNT}, authTokens: [one] }
  - { sid: AC${'b'.repeat(32)}, name: sandbox, authTokens: [other] }
defaults: { otherwise: { hangup: true } }
endpoints: { a: { uri: "sip:{{To}}@a.example.com" } }
routes:
  - { name: ours, account: ${ACCOUNT}, to: "+15551230001", dial: a }
  - { name: lab, account: sandbox, to: "+15551230002", dial: a, otherwise: greet }
  - { name: any, to: "+15551230003", dial: a }
actions: { greet: { say: Hello } }
`)

t.test('a call comes from the account of its number by default', async (t) => {
  const [own, other] = [ask('+15551230002', {}, APART), ask('+15551230002', { account: ACCOUNT }, APART)]
  t.match(own, { route: 'lab', call: { account: 'sandbox' }, dials: ['a'] })
  t.match(other, { route: '', call: { account: ACCOUNT }, end: 'reject' })
  t.equal(other.reason, `route lab is for account sandbox, not for ${ACCOUNT}`)
  t.match(printExplanation(own), ', account sandbox\n')
  t.match(ask('+15551230001', { account: 'sandbox' }, APART), { route: '' })
  const AccountSid = `AC${'e'.repeat(32)}`
  t.match(ask('+15551230002', { params: { AccountSid } }, APART), {
    route: '',
    call: { account: AccountSid },
  })
  t.throws(() => ask('+1555', { account: 'sandbix' }, APART), /called "sandbix"; did you mean "sandbox"\?/)
  t.throws(
    () => ask('+1555', { account: 'nobody' }, APART),
    /no account is called "nobody"; there are 2: .+, sandbox$/,
  )
})

t.test('a route is not set to an action of other accounts', async (t) => {
  const service = createService(APART, pino({ enabled: false }))
  const app = adminApp(service, () => ({ ready: true, why: 'ok' }))
  t.teardown(() => app.close())
  const set = (name: string, to: string) =>
    app.inject({
      method: 'POST',
      url: '/api/overrides',
      payload: { name, to, until: '2h', author: 'anna', note: 'drill' },
    })
  t.match((await set('ours', 'greet')).json(), {
    error: 'the action greet is of other accounts than route ours',
  })
  t.match((await set('any', 'greet')).json(), {
    error: 'the action greet is of other accounts than route any',
  })
  t.equal((await set('lab', 'greet')).statusCode, 201)
  t.match(ask('+15551230001', { account: ACCOUNT }, APART), { dials: ['a'] })
})

t.test('a call is followed through its hops to the end', async (t) => {
  const explanation = ask('+4930123456', { outcomes: { frankfurt: '503', dublin: 'ringing+timeout' } })
  t.match(explanation, {
    route: 'berlin',
    rule: '2',
    dials: ['frankfurt', 'dublin'],
    end: 'record',
    call: { to: '+4930123456', at: '2026-11-20T09:00:00.000Z' },
  })
  t.same(
    explanation.steps.map(({ webhook, verbs, hop }) => [webhook, ...verbs, hop?.outcome, hop?.code]),
    [
      ['/voice', 'dial', 'serverError', 503],
      ['/dialed', 'dial', 'noAnswer', undefined],
      ['/dialed', 'say', 'record', undefined, undefined],
      ['/recorded', 'hangup', undefined, undefined],
    ],
  )
  t.same(explanation.steps[0]!.hop!.targets, [
    {
      endpoint: 'frankfurt',
      uri: 'sip:+4930123456@fra.example.com;transport=tls;region=de1',
      region: 'de1',
      headers: { 'X-Tenant': 'acme & sons', 'X-Key': '***' },
      place: 'dialsip.yaml:6',
    },
  ])
})

t.test('places of route, rule and endpoint are given', (t) => {
  const { routePlace, rules, steps } = ask('+4930123456')
  t.match(
    { routePlace, rules },
    {
      routePlace: 'dialsip.yaml:16',
      rules: [{ place: 'dialsip.yaml:19' }, { place: 'dialsip.yaml:21' }, { place: 'dialsip.yaml:24' }],
    },
  )
  t.match(
    steps.map(({ hop }) => hop?.targets[0]?.place),
    ['dialsip.yaml:6', undefined],
  )
  t.match(printExplanation(ask('+4930123456')), 'route berlin  dialsip.yaml:16\n')
  const large = configOf(`${YAML}\n# ${'x'.repeat(1_000_000)}`)
  t.notMatch(JSON.stringify(ask('+4930123456', {}, large)), 'place')
  t.end()
})

t.test('in short it is five lines without TwiML', (t) => {
  const short = (...asked: Parameters<typeof ask>) => printShort(ask(...asked)).split('\n')
  t.same(short('+4930123456', { outcomes: { frankfurt: '503' } }), [
    '+4930123456 from +491701234567 at 2026-11-20T10:00:00+01:00 (Europe/Berlin)',
    'route berlin by +4930123456  dialsip.yaml:16',
    'rule 2 fits: schedule office  dialsip.yaml:21',
    'frankfurt 503  dialsip.yaml:6 → dublin answered  dialsip.yaml:12',
    'ends with answered',
    '',
  ])
  t.match(
    short('+4930123456', { outcomes: { frankfurt: 'unreachable' } })[3],
    /^frankfurt unreachable .* dublin answered /,
  )
  t.same(short('+4930123456', { at: '2026-11-21' }).slice(2, 4), [
    'rule night fits: no conditions  dialsip.yaml:24',
    'rings nobody',
  ])
  t.same(short('+15550001', { params: { From: '' } }).slice(0, 4), [
    '+15550001 from anonymous at 2026-11-20T09:00:00.000Z',
    'route odd by +15550001  dialsip.yaml:26',
    'no rules',
    '+15550002 answered',
  ])
  t.same(short('+19999').slice(1, 3), ['no route claims +19999', 'no pattern is near'])
  const foreign = { AccountSid: `AC${'e'.repeat(32)}` }
  t.match(
    short('+15551230002', { params: foreign }, APART)[2],
    /^route lab is for account sandbox, not for ACe/,
  )
  t.match(short('4930123456')[2], /^near: 4930123456 is \+4930123456: .* would match \(route berlin\)$/)
  t.match(short('+15551', { params: { From: '+19001' } }, WITH_RULES).slice(1, 3), [
    'the rules of the config decide for +1555*',
    /^rule blocked fits: from \+1900\* {2}dialsip.yaml:7$/,
  ])
  t.end()
})

t.test('a time is a date, a time of day or one of a weekday, by the clock of the schedules', (t) => {
  const at = (text: string, of: Config = config) => ask('+4930123456', { at: text }, of).call.at
  t.equal(at('2026-11-20'), '2026-11-20T11:00:00.000Z')
  t.equal(at('18:30'), '2026-11-20T17:30:00.000Z')
  t.equal(at('09:00'), '2026-11-21T08:00:00.000Z')
  t.equal(at('fri 18:30'), '2026-11-20T17:30:00.000Z')
  t.equal(at('Friday  9:00'), '2026-11-27T08:00:00.000Z')
  t.equal(at('sun 0:00'), '2026-11-21T23:00:00.000Z')
  t.equal(at('2026-11-20T10:00Z'), '2026-11-20T10:00:00.000Z')
  t.throws(() => at('fri 25:00'), /"fri 25:00" is not a time of ISO 8601/)
  t.throws(() => at('fri 18:30', configOf('routes: [{ to: "+4930123456", say: hi }]')), /is by no clock/)
  t.end()
})

t.test('it decides and writes what the server would', async (t) => {
  const call = callOf({ To: '+4930123456', From: '+491701234567' })
  const decision = decide(config, call, OPEN, ALL_UP)
  const written = new TwimlWriter(config.publicUrl).write(decision.steps)
  const [first] = ask('+4930123456', { params: { CallSid: call.callSid } }).steps
  t.equal(first!.twiml, written.replace('hush-hush-hush', '***').replace('token-of-tests67890', '***'))
  t.equal(first!.reason, decision.reason)
})

t.test('an endpoint that is down or drained rings last', async (t) => {
  t.same(ask('+4930123456', { down: ['frankfurt'] }).dials, ['dublin'])
  t.same(ask('+4930123456', { drained: ['frankfurt'], outcomes: { dublin: 'silent' } }).dials, [
    'dublin',
    'frankfurt',
  ])
  const both = ask('+4930123456', { down: ['frankfurt'], drained: ['dublin'] })
  t.equal(both.steps[0]!.hop!.standing, 'ejected')
  t.match(printExplanation(both), 'rings frankfurt although it is ejected')
})

t.test('rules say which condition failed and what they saw', async (t) => {
  const { rules, schedules } = ask('+4930990', { at: '2026-11-21T12:00', params: { From: '+1901' } })
  t.match(rules, [
    {
      verdict: 'skipped',
      failed: {
        condition: 'from anonymous, +1900*',
        saw: '+1901',
        hint: 'would match if the number began with +1900',
      },
    },
    {
      verdict: 'skipped',
      failed: { condition: 'schedule office', saw: 'office: outside mon-fri 09:00-18:00' },
    },
    { rule: 'night', verdict: 'fits', conditions: [] },
  ])
  t.same(schedules, [
    {
      schedule: 'office',
      open: false,
      says: 'closed (outside mon-fri 09:00-18:00), opens Mon 09:00, in 1 day 21 h',
      local: '2026-11-21T12:00:00+01:00',
      timezone: 'Europe/Berlin',
    },
  ])
  t.same(
    ask('+4930990', { params: { From: '' } }).rules.map(({ verdict }) => verdict),
    ['fits', 'not reached', 'not reached'],
  )
})

t.test('the patterns that a number fits are compared', async (t) => {
  const compared = (to: string) => ask(to).number.compared.map(({ pattern }) => pattern)
  t.same(compared('+4930123456'), ['+4930123456', '+4930*'])
  t.same(compared('+4930770150'), ['+4930770100..+4930770199', '+4930*'])
  t.same(compared('+4930991'), ['+493099*', '+4930*'])
  t.same(compared('sip:joe@acme.sip.twilio.com'), ['sip:*@acme.sip.twilio.com'])
  t.same(compared('sip:joe@nowhere.example.com'), [])
  t.same(compared('client:joe'), [])
  const nested = configOf(
    'routes: [{ name: a, to: "+4930..+4939", say: a }, { name: b, to: "+4935..+4936", say: b }]',
  )
  t.same(
    ask('+4935', {}, nested).number.compared.map(({ route }) => route),
    ['b', 'a'],
  )
})

t.test('the strongest of the patterns compared is the one that wins', async (t) => {
  const digits = fc.stringMatching(/^\+4930[0-9]{0,6}$/)
  fc.assert(
    fc.property(digits, (to) => {
      const { number } = ask(to)
      t.equal(number.compared[0]?.pattern ?? '', number.claim)
    }),
    { numRuns: cases(200) },
  )
})

const NEAR: readonly [to: string, says: string][] = [
  ['+15550011', 'one digit off +15550001'],
  ['+1555001', 'one digit off +15550001'],
  ['+155500001', 'one digit off +15550001'],
  ['+15550010', 'one digit off +15550001'],
  ['+4931123456', 'one digit off +4930123456'],
  ['+49311', 'would match if the number began with +4930'],
  ['004930123456', '004930123456 is +4930123456: +4930123456 would match'],
  ['004931123456', '004931123456 is +4931123456: one digit off +4930123456'],
  ['sip:joe@acne.sip.twilio.com', 'would match if it were sip:*@acme.sip.twilio.com'],
]

for (const [to, says] of NEAR) {
  t.test(`near miss of ${to}`, async (t) => t.equal(ask(to).number.nearMisses[0]?.says, says))
}

t.test('ranges and SIP users come near as well', async (t) => {
  const near = (to: string) => ask(to, {}, other).number.nearMisses.map(({ says }) => says)
  const other = configOf(`
routes:
  - { name: a, to: ["+4930770100..+4930770199", "sip:alice@acme.sip.twilio.com"], say: hi }
`)
  t.same(near('+4930770205'), ['6 off the last number of +4930770100..+4930770199'])
  t.same(near('+4930770095'), ['5 off the first number of +4930770100..+4930770199'])
  t.same(near('+4930779999'), [])
  t.same(near('sip:alise@acme.sip.twilio.com'), ['would match if it were sip:alice@acme.sip.twilio.com'])
  t.same(near('sip:bob@acme.sip.twilio.com'), [])
  t.same(near('sip:bob@far.example.com'), [])
  t.same(near('client:bob'), [])
})

const CONDITIONS: readonly [condition: string, text: string, saw: string, hint?: string][] = [
  ['from: "+4930*"', 'from +4930*', '+491701234567'],
  ['to: ["+1666", "+1555*"], not: { to: "+155*" }', 'not (to +155*)', '+1555'],
  ['to: "+1556"', 'to +1556', '+1555', 'one digit off +1556'],
  ['fromCountry: [AT, CH]', 'fromCountry AT, CH', 'DE'],
  ['forwardedFrom: "+4930*"', 'forwardedFrom +4930*', 'not forwarded'],
  ['attestation: [A, B]', 'attestation A, B', 'none', 'the call came without StirVerstat'],
  ['sipDomain: acme.sip.twilio.com', 'sipDomain acme.sip.twilio.com', 'no SIP domain'],
  ['params: { CallerName: ACME }', 'CallerName ACME', 'CallerName=ACMA', 'would match if it were ACME'],
  ['params: { Other: x }', 'Other x', 'Other='],
  [
    'not: { from: "+49*", schedule: always }',
    'not (from +49* and schedule always)',
    '+491701234567 and always: daily 00:00-24:00',
  ],
]

for (const [condition, text, saw, hint] of CONDITIONS) {
  t.test(`a rule is skipped for ${condition}`, async (t) => {
    const one = configOf(`
schedules: { always: { timezone: UTC, open: daily 00:00-24:00 } }
routes: [{ name: a, to: "+1555", rules: [{ if: { ${condition} }, say: hi }] }]
`)
    const { rules, route, steps } = ask('+1555', { params: { CallerName: 'ACMA' } }, one)
    t.same(rules[0]!.failed, { condition: text, saw, ...(hint && { hint }) })
    t.equal(route, 'a')
    t.match(steps[0]!.verbs, ['reject'])
  })
}

const WITH_RULES = configOf(`
schedules: { night: { timezone: UTC, open: daily 22:00-06:00 } }
rules:
  - { name: blocked, if: { from: "+1900*" }, reject: busy }
  - { name: asleep, if: { schedule: night }, say: Good night }
routes:
  - { name: a, to: "+1555*", rules: [{ name: blocked, if: { from: "+49*" }, say: hi }, { hangup: }] }
`)

t.test('the rules of the config are asked before those of the route', async (t) => {
  const fits = ask('+15551', { params: { From: '+19001' } }, WITH_RULES)
  t.match(fits, {
    route: '',
    rule: 'blocked',
    rules: [],
    schedules: [],
    reason: 'rule blocked of the config',
  })
  t.same(
    fits.configRules!.map(({ verdict }) => verdict),
    ['fits', 'not reached'],
  )
  const passes = ask('+15551', {}, WITH_RULES)
  t.match(passes, { route: 'a', rule: 'blocked', schedules: [{ schedule: 'night' }] })
  t.same(passes.configRules![0], {
    rule: 'blocked',
    verdict: 'skipped',
    conditions: ['from +1900*'],
    failed: { condition: 'from +1900*', saw: '+491701234567' },
    place: 'dialsip.yaml:7',
  })
  t.same(
    passes.rules.map(({ verdict }) => verdict),
    ['fits', 'not reached'],
  )
  t.match(
    printExplanation(passes),
    /├─ rules of the config\n│ {2}├─ rule blocked skipped: from \+1900\* {2}dialsip\.yaml:7\n/,
  )
  t.match(
    ask('+4930', { params: { From: '+19001' } }, WITH_RULES),
    { rule: 'blocked', end: 'reject' },
    'unclaimed',
  )
})

t.test('a skipped rule shows the attestation that came', async (t) => {
  const one = configOf('routes: [{ name: a, to: "+1555", rules: [{ if: { attestation: A }, say: hi }] }]')
  const { rules } = ask('+1555', { params: { StirVerstat: 'TN-Validation-Passed-C' } }, one)
  t.same(rules[0]!.failed, { condition: 'attestation A', saw: 'C' })
})

t.test('a forwarder comes near like a caller', async (t) => {
  const one = configOf(
    'routes: [{ name: a, to: "+1555", rules: [{ if: { forwardedFrom: "+4930*" }, say: hi }] }]',
  )
  const { rules } = ask('+1555', { params: { ForwardedFrom: '+49311' } }, one)
  t.equal(rules[0]!.failed!.hint, 'would match if the number began with +4930')
})

t.test('of several that ring at once the best outcome counts', async (t) => {
  const outcome = (outcomes: Record<string, string>) =>
    ask('sip:joe@acme.sip.twilio.com', { outcomes }).steps[0]!.hop!.outcome
  t.equal(outcome({ frankfurt: '503' }), 'answered')
  t.equal(outcome({ frankfurt: '503', dublin: 'busy' }), 'busy')
  t.equal(outcome({ 'frankfurt|dublin': '404' }), 'notFound')
  t.equal(outcome({ frankfurt: 'unaccepted', dublin: 'silent' }), 'noAnswer')
})

t.test('the screening document is shown', async (t) => {
  const explanation = ask('sip:joe@acme.sip.twilio.com')
  t.match(explanation.steps[0]!.hop!.screen, /<Gather input="dtmf" numDigits="1"/)
  t.match(printExplanation(explanation), 'the callee hears first')
})

t.test('every class has a word that leads to it', async (t) => {
  const classes = OUTCOME_WORDS.map((word) => classify(readOutcome(word)!))
  t.same(
    OUTCOME_CLASSES.filter((name) => !classes.includes(name)),
    [],
  )
  for (const name of OUTCOME_CLASSES) t.equal(classify(readOutcome(name)!), name)
  t.match(readOutcome('200'), { status: 'completed' })
  t.match(readOutcome('600'), { status: 'busy', rang: false })
  t.match(readOutcome('487'), { status: 'no-answer' })
  t.match(readOutcome('ringing+183'), { status: 'no-answer', rang: true })
  for (const text of ['', 'toString', '999', 'ringing+']) t.equal(readOutcome(text), undefined)
})

t.test('a number is dialled by its own name', async (t) => {
  const { dials, steps, end } = ask('+15550001', { outcomes: { '+15550002': 'canceled' } })
  t.same(dials, ['+15550002'])
  t.match(steps[0]!.hop!.targets, [{ uri: '+15550002', region: '' }])
  t.equal(end, 'canceled')
  t.equal(ask('+15550001', { outcomes: { '+15550002': 'busy' } }).end, 'hangup')
})

t.test('the tree shows what was compared and what came near', async (t) => {
  t.match(
    printExplanation(ask('+4930770150')),
    /2 patterns fit, \{\{wild\}\} is 50\n.*wins {2}\+4930770100..\+4930770199 a range, route berlin\n.*loses \+4930\* a prefix/,
  )
  t.match(
    printExplanation(ask('+4930991', { params: { From: '+1901' } })),
    'near: would match if the number began',
  )
  t.match(printExplanation(ask('+15550011')), 'near: one digit off +15550001 (route odd)')
  t.match(printExplanation(ask('+4930123456', { params: { From: '' } })), 'from anonymous at 2026')
})

t.test('a caller without a number has no near miss', async (t) => {
  const explanation = ask('+4930123456', { params: { From: 'hello' }, outcomes: { frankfurt: 'silent' } })
  t.same(explanation.rules[0]!.failed, { condition: 'from anonymous, +1900*', saw: 'hello' })
  t.match(printExplanation(explanation), /is not met: hello\n[^~]*outcome: unreachable\n/)
})

t.test('where nothing follows the call ends', async (t) => {
  const empty = configOf(
    'routes: [{ name: a, to: "+1555", dial: sip:a@example.com, otherwise: { record: false } }]',
  )
  const outcomes = { 'sip:a@example.com': 'busy' }
  t.match(ask('+1555', { outcomes }, empty), { end: 'hangup', steps: [{}, { verbs: [] }] })
})

t.test('what follows a recording is followed', async (t) => {
  const more = configOf('routes: [{ name: a, to: "+1555", action: [{ record: true }, { say: thanks }] }]')
  t.match(ask('+1555', {}, more), { end: 'say', steps: [{ webhook: '/voice' }, { webhook: '/recorded' }] })
})

t.test('what was passed over and left out is said', async (t) => {
  const long = configOf(`
endpoints: { a: { uri: "sip:{{To}}{{params.Long}}@a.example.com" }, b: { uri: "sip:b@example.com" } }
routes: [{ name: a, to: "+1555", dial: [a, b], otherwise: { hangup: true } }]
`)
  const text = printExplanation(ask('+1555', { params: { Long: 'x'.repeat(300) } }, long))
  t.match(text, /passed over: a the SIP URI has 3\d\d characters/)
  t.match(text, /warning: a: the SIP URI has/)
})

t.test('a document too long for Twilio is answered by what comes after it', async (t) => {
  const wide = configOf(`
routes: [{ name: a, to: "+1555", action: [${Array.from({ length: 20 }, () => `{ say: "${'&'.repeat(4096)}" }`)}] }]
`)
  const { steps } = ask('+1555', {}, wide)
  t.match(steps[0]!.twiml, '<Reject reason="rejected"/>')
  t.match(steps[0]!.warnings, [
    /the TwiML has \d+ bytes; Twilio takes 65535; the server answers with what comes after it/,
  ])
})

t.test('what a user part may hold is no parameter and no header', async (t) => {
  // the shortest of RFC 4475 §3.1.1.2 and §3.1.1.13, with a parameter and a header of its own
  const uri = 'sip:crazy?,/;;*;region=us1;par=u%40example.net:pas$wo~d@example.com;region=de1?X-A=b%3D1&X-B='
  const one = configOf(`routes: [{ name: a, to: "+1555", dial: "${uri}", otherwise: { hangup: } }]`)
  const { steps } = ask('+1555', {}, one)
  t.match(steps[0]!.hop!.targets, [
    {
      uri: 'sip:crazy?,/;;*;region=us1;par=u%40example.net:***@example.com;region=de1',
      region: 'de1',
      headers: { 'X-A': 'b=1', 'X-B': '' },
    },
  ])
  t.notMatch(JSON.stringify(steps), 'pas$wo~d')
})

t.test('a command is read by a shell as it was meant', async (t) => {
  const command = explainCommand("it's.yaml", [
    ['from', '-1 $(x)'],
    ['to', '+491'],
  ])
  t.equal(command, "dialsip explain -c 'it'\\''s.yaml' '--from=-1 $(x)' --to +491")
})

t.test('secrets are masked wherever they are', async (t) => {
  const mask = secretMasker(['a<b&c{{To}}d/efghijkl', 'short', 'long-enough "quoted"'])
  t.equal(mask('x long-enough &quot;quoted&quot; y'), 'x *** y')
  t.equal(mask('?X-Key=long-enough%20%22quoted%22'), '?X-Key=***')
  t.equal(mask('+49d/efghijkl+49d%2Fefghijkl'), '+49***+49***')
  t.equal(
    mask('<Sip password="short">sip:joe:short@x.example.com</Sip>'),
    '<Sip password="***">sip:joe:***@x.example.com</Sip>',
  )
  t.equal(mask('the shortest'), 'the shortest')
})

t.test('a password shows in no form of an explanation', async (t) => {
  const explanation = ask('+4930123456', { outcomes: { frankfurt: '503' } })
  t.notMatch(JSON.stringify(explanation), 'hush')
  t.notMatch(printExplanation(explanation), 'hush')
})

const WRONG: readonly [title: string, question: ExplainRequest, message: RegExp][] = [
  ['no called number', { params: {} }, /the called number is missing/],
  ['a word', { params: { To: 'hello' } }, /"hello" is neither a phone number nor a SIP address/],
  ['nobody', { params: { To: 'anonymous' } }, /"anonymous" is neither/],
  ['no time', { params: { To: '+1555' }, at: 'noon' }, /"noon" is not a time of ISO 8601; write/],
  ['a time that was skipped', { params: { To: '+1555' }, at: '2026-03-29T02:30' }, /skips/],
  [
    'an unknown outcome',
    { params: { To: '+1555' }, outcomes: { dublin: 'ill' } },
    /"ill" is not an outcome of dublin/,
  ],
  [
    'a mistyped endpoint',
    { params: { To: '+1555' }, outcomes: { dublim: '503' } },
    /"dublim"; did you mean "dublin"/,
  ],
  [
    'an unknown endpoint',
    { params: { To: '+1555' }, down: ['somewhere'] },
    /no endpoint is called "somewhere"; there are \d: .*dublin/,
  ],
]

t.test('a name that is near to none is answered with some that there are', (t) => {
  const names = ['berlin', 'dublin', 'madrid', 'paris', 'rome', 'vienna']
  const said = (known: string[]) => noneCalled('route', 'x', known).replace('no route is called "x"; ', '')
  t.equal(said(names), 'there are 6: berlin, dublin, madrid, paris, rome, …')
  t.equal(said(names.slice(1)), 'there are 5: dublin, madrid, paris, rome, vienna')
  t.equal(said(['rome']), 'there is only rome')
  t.equal(said([]), 'there is no route')
  t.end()
})

for (const [title, question, message] of WRONG) {
  t.test(`${title} makes no scenario`, async (t) => {
    t.throws(() => readScenario(config, question, OPEN, ALL_UP), new WrongQuestion())
    t.throws(() => readScenario(config, question, OPEN, ALL_UP), { message })
  })
}

t.test('a time without an offset needs one clock', async (t) => {
  const timeless = configOf('routes: [{ name: a, to: "+1555", say: hi }]')
  t.throws(() => ask('+1555', { at: '2026-11-20T10:00' }, timeless), /has no offset/)
  t.equal(ask('+1555', { at: '2026-11-20T10:00' }).call.at, '2026-11-20T09:00:00.000Z')
  const bare: Config = { ...timeless, accounts: [] }
  t.equal(ask('+1555', {}, bare).route, 'a')
})

t.test('recorded requests are read from forms, JSON and the log', async (t) => {
  t.same(readRequest('To=%2B1555&From=%2B1666&X=1&X=2\n').params, {
    To: '+1555',
    From: '+1666',
    X: ['1', '2'],
  })
  t.same(readRequest('{"To":"+1555","Count":3}'), { params: { To: '+1555' }, at: undefined })
  t.same(
    readRequest('{"time":"2026-11-20T09:00:00.000Z","callSid":"CA1","from":"+1666","to":"+1555","hop":null}'),
    {
      params: { CallSid: 'CA1', From: '+1666', To: '+1555' },
      at: '2026-11-20T09:00:00.000Z',
    },
  )
  t.same(readRequest('{"callSid":"CA1","to":"+1555","params":{"A":"1","B":["2","3"],"C":4}}'), {
    params: { CallSid: 'CA1', To: '+1555', A: '1', B: ['2', '3'] },
    at: undefined,
  })
  t.throws(() => readRequest('{"To":'), /the request is not JSON/)
  t.throws(() => readRequest('hello'), /neither a form nor JSON/)
})

t.test('a NAME=VALUE pair is cut at the right equals sign', async (t) => {
  t.same({ ...readPairs(['a=b=c'], 'param') }, { a: 'b=c' })
  t.same({ ...readPairs(['sip:a@b;x=1=503'], 'outcome') }, { 'sip:a@b;x=1': '503' })
  t.throws(() => readPairs(['=503'], 'outcome'), /"=503" is not ENDPOINT=OUTCOME/)
  t.throws(() => readPairs(['x'], 'param'), /"x" is not NAME=VALUE/)
})

t.test('the command explains as a tree or as JSON', async (t) => {
  const file = join(t.testdir({ 'a.yaml': HEAD + YAML, 'call.txt': 'To=%2B4930123456' }), 'a.yaml')
  const request = join(t.testdirName, 'call.txt')
  const at = ['--at', '2026-11-20T10:00:00+01:00']
  const tree = await run('explain', '-c', file, '--request', request, '--from', '+491701234567', ...at)
  t.match(tree, { code: 0, stderr: 'dialsip: placeholders are used for what is not set: ${TOKEN}\n' })
  t.match(tree.stdout, 'schedule office is open (mon-fri 09:00-18:00), closes at 18:00, in 8 h')
  t.match(tree.stdout, 'ends with answered')
  const json = await run('explain', '-c', file, '--json', '--to', '+1999', '--param', 'A=b', ...at)
  t.match(JSON.parse(json.stdout), { route: '', end: 'reject', revision: config.revision ? String : '' })
})

t.test('a question that makes no sense is one line and exit 2', async (t) => {
  const file = join(
    t.testdir({ 'a.yaml': HEAD + YAML, 'b.yaml': 'routes: {}', 'c.yaml': `${HEAD}x: 1` }),
    'a.yaml',
  )
  const wrong = async (...args: string[]) => {
    const { code, stderr, stdout } = await run('explain', ...args)
    t.same([code, stdout], [2, ''])
    return stderr.split('\n').filter((line) => line.startsWith('dialsip: ') && !line.includes('placeholders'))
  }
  t.match(await wrong('-c', file, '--to', 'x'), [/"x" is neither/])
  t.match(await wrong('-c', file, '--to', '+1', '--outcome', 'x'), [/"x" is not ENDPOINT=OUTCOME/])
  t.match(await wrong('-c', file, '--request', '/nowhere'), [/\/nowhere cannot be read/])
  t.match(await wrong('-c', file.replace('a.yaml', 'b.yaml'), '--to', '+1'), [
    /b\.yaml:\d+:\d+.*\(and \d more; dialsip check \S+b\.yaml shows them\)$/,
  ])
  t.match(await wrong('-c', file.replace('a.yaml', 'c.yaml'), '--to', '+1'), [
    /c\.yaml:\d+:1 x: there is no key "x" here; remove it$/,
  ])
})

t.test('without a file the usual one is asked', async (t) => {
  t.match(await run('explain', '--to', '+15551230001'), { code: 0, stdout: /route simple/ })
  const short = await run('explain', '--to', '+15551230001', '--short')
  t.match(short, { code: 0, stdout: /^[^\n]+\nroute simple by .+\n/ })
  t.equal(short.stdout.split('\n').length, 6)
})

function admin() {
  const log = pino({ level: 'silent' })
  const service = createService(config, log, { now: () => OPEN })
  return { service, app: adminApp(service, () => ({ ready: true, why: 'ok' })) }
}

t.test('GET /api/explain answers with the live state', async (t) => {
  const { service, app } = admin()
  service.health.drain('frankfurt', 'maintenance')
  const url = '/api/explain?to=%2B4930123456&from=%2B491701234567&param=A=b&outcome=dublin=503'
  const reply = await app.inject(url)
  t.same(reply.json<Explanation>().dials, ['dublin', 'frankfurt'])
  t.same((await app.inject(`${url}&drained=dublin`)).json<Explanation>().dials, ['frankfurt'])
})

t.test(
  'GET /api/explain takes an endpoint for up, and overrides as they are at the time of the call',
  async (t) => {
    const { service, app } = admin()
    service.health.drain('frankfurt', 'maintenance')
    const since = OPEN - 1000
    const override = {
      kind: 'schedule',
      name: 'office',
      to: 'closed',
      author: 'anna',
      note: 'outing',
      since,
    } as const
    service.overrides.set({ ...override, until: OPEN + 3_600_000 })
    const explained = async (query: string) =>
      (await app.inject(`/api/explain?to=%2B4930123456&from=%2B491701234567${query}`)).json<ExplainedCall>()
    t.not((await explained('')).rule, '2')
    const later = new Date(OPEN + 3_600_000).toISOString()
    t.match(await explained(`&at=${later}`), { rule: '2', dials: ['dublin'] })
    t.match(await explained(`&at=${later}&up=frankfurt`), { rule: '2', dials: ['frankfurt'] })
    t.match(await explained(`&at=${new Date(since - 1).toISOString()}`), { rule: '2' })
  },
)

t.test('GET /api/explain gives the question as a command and as a test', async (t) => {
  const { service, app } = admin()
  service.health.drain('frankfurt', 'maintenance')
  const url = '/api/explain?to=%2B4930123456&from=%2B491701234567&param=A=b&outcome=dublin=503'
  const { explain, test } = (await app.inject(`${url}&down=dublin`)).json<ExplainedCall>()
  t.match(
    explain,
    /^dialsip explain -c \S+ --to \+4930123456 --from \+491701234567 --at \S+ --param A=b --outcome dublin=503 --down dublin --drained frankfurt$/,
  )
  t.match(
    test,
    /^- name: '?\+4930123456 at .*down:\n *- dublin.*drained:\n *- frankfurt.*rule: '2'.*action: answered/s,
  )
  const account = (await app.inject(`${url}&account=${ACCOUNT}`)).json<ExplainedCall>()
  t.match(account.explain, `--account ${ACCOUNT}`)
})

t.test('GET /api/explain refuses what is no question', async (t) => {
  const { app, service } = admin()
  t.match(await app.inject('/api/explain'), {
    statusCode: 400,
    body: '{"error":"the called number is missing"}',
  })
  t.match(await app.inject('/api/explain?to=%2B1555&at=noon'), { statusCode: 400 })
  Object.assign(service.health, {
    standing: () => {
      throw new Error('broken')
    },
  })
  t.equal((await app.inject('/api/explain?to=%2B4930123456&from=%2B49170')).statusCode, 500)
})

t.test('everything wrong with a question is said at once, and a bug is thrown on', async (t) => {
  const wrong = (...problems: string[]) => {
    throw new WrongQuestion(...problems)
  }
  t.throws(
    () => together([() => wrong('a', 'b'), () => 1, () => wrong('c')]),
    new WrongQuestion('a', 'b', 'c'),
  )
  t.throws(() => together([() => JSON.parse('{')]), SyntaxError)
})
