import fc from 'fast-check'
import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { ACCOUNT, files, TOKEN } from './build.js'

/** Compiles a config that is written as data, with the settings that every config needs. */
export function compiled(source: object): Config {
  const accounts = [{ sid: ACCOUNT, authTokens: [TOKEN] }]
  return compiledText(JSON.stringify({ publicUrl: 'https://voice.example.com', accounts, ...source }))
}

/** Compiles the text of a config that must be without errors. */
export function compiledText(text: string, more: Readonly<Record<string, string>> = {}): Config {
  const { config, errors } = loadConfig('/etc/dialsip.yaml', files({ 'dialsip.yaml': text, ...more }))
  if (!config) throw new Error(errors.map(({ message }) => message).join('\n'))
  return config
}

const endpoint = fc.record(
  {
    uri: fc.constantFrom('sip:{{To}}@a.example.com', 'sip:{{wild}}@b.example.com', 'sip:x@c.example.com'),
    region: fc.constantFrom('de1', 'ie1'),
    headers: fc.constantFrom({ 'X-A': '1' }, { 'X-A': '{{From}}' }, { 'X-B': '{{To.national}}' }),
    maxCalls: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['uri'] },
)

const openings = fc.subarray(
  ['mon-fri 09:00-17:00', 'mon-fri 09:00-18:00', 'sat 10:00-14:00', 'sun 22:00-03:00', '12-24 09:00-12:00'],
  { minLength: 1, maxLength: 2 },
)
const closings = fc.subarray(['2026-12-25', '01-01', '2029-03-01..2029-03-02', '05-01 12:00-14:00'])
const schedule = fc.record({
  timezone: fc.constantFrom('Europe/Berlin', 'Europe/Berlin', 'America/New_York'),
  open: openings,
  closed: closings,
})

const pattern = fc.constantFrom(
  'anonymous',
  '+1900*',
  '+49*',
  '+4917*',
  'sip:*@x.example',
  'sip:+4930*@y.example',
  'sip:+ext@y.example',
  '+491701234567',
  'vips',
)
const some = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 2 })
const conditionShape = {
  to: some(
    fc.constantFrom(
      '+49309912345',
      '+493099*',
      '+4930770150..+4930770510',
      'sip:al*@acme.sip.twilio.com',
      '+1*',
    ),
  ),
  from: some(pattern),
  fromCountry: some(fc.constantFrom('DE', 'US')),
  schedule: some(fc.constantFrom('s0', 's1')),
  attestation: some(fc.constantFrom('A', 'B', 'none')),
  forwardedFrom: some(fc.constantFrom('+4940*', '+49401', 'anonymous')),
  sipDomain: some(fc.constantFrom('acme.sip.twilio.com', 'x.example')),
  params: fc.record({ CallerName: some(fc.constantFrom('VIP*', 'VIP', '')) }),
}
const plainConditions = fc.record(conditionShape, { requiredKeys: [] })
const conditions = fc.record({ ...conditionShape, not: plainConditions }, { requiredKeys: [] }).map(atMostTwo)

/** With more, hardly any call would fit. */
function atMostTwo(all: object): object {
  return Object.fromEntries(Object.entries(all).slice(-2))
}

const name = fc.constantFrom('e0', 'e1', 'e2')
const hop = fc.oneof(
  name,
  name,
  fc.constantFrom('team', 'sip:bare@a.example.com'),
  fc.uniqueArray(name, { minLength: 2, maxLength: 2 }).map((ring) => ({ ring })),
  fc.record({
    split: fc.constantFrom({ e0: 80, e1: 20 }, { e0: 20, e1: 80 }, { e0: 1, e2: 1 }),
    by: fc.constantFrom('call', 'caller'),
  }),
  fc.record({ endpoint: name, timeout: fc.constantFrom(10, 30) }),
)
const plainAction = fc.oneof(
  fc.record({ reject: fc.constantFrom('busy', 'rejected') }),
  fc.record({
    say: fc.constantFrom('Closed', 'Hello {{From}}', 'To {{wild}}'),
    record: fc.constantFrom({ maxLength: 60 }, { maxLength: 120 }),
  }),
  fc.constant({ action: 'voicemail' }),
  fc.constant({ hangup: true }),
)
const dialShape = {
  dial: fc.array(hop, { minLength: 1, maxLength: 3 }),
  otherwise: fc.oneof(plainAction, fc.constantFrom('voicemail', 'overflow')),
  failoverOn: some(fc.constantFrom('unreachable', 'serverError', 'busy', '404')),
  timeout: fc.constantFrom(10, 20),
  callerId: fc.constantFrom('{{From}}', '+15550100'),
  screen: fc.constantFrom(true, { say: 'For {{To}}', accept: '2' }),
}
const dial = fc.record(dialShape, { requiredKeys: ['dial'] })
const body = fc.oneof({ weight: 3, arbitrary: dial }, { weight: 1, arbitrary: plainAction })
const rule = fc.record({ if: fc.oneof(fc.constant({}), conditions), body })
const rules = fc.array(rule, { minLength: 1, maxLength: 4 })
/** Of the config: mostly none, and never one for every call, or no route would be asked. */
const ofConfig = fc.array(fc.record({ if: oneKey(conditionShape), body }), { maxLength: 2 })

/** Patterns of each route; no two routes share one. */
const CLAIMS = [
  ['+4930123456', '+493099*', '+4930770100..+4930770199', '+4930770500..+4930770599'],
  ['+4930*', '+4930770150..+4930770180', '+49309912345', '+4930770100'],
  ['sip:*@acme.sip.twilio.com', 'sip:alice@acme.sip.twilio.com', 'sip:al*@acme.sip.twilio.com'],
  ['+1*', '+15551230001'],
]

/** A config as data; each part may be taken from another. */
export interface Model {
  readonly endpoints: readonly object[]
  readonly schedules: readonly object[]
  readonly vips: readonly string[]
  readonly claims: readonly (readonly string[])[]
  readonly rules: readonly (readonly { readonly if: object; readonly body: object }[])[]
  readonly ofConfig: Model['rules'][number]
  readonly voicemail: object
  readonly overflow: object
  readonly default: object
  readonly otherwise: object
}

const vips = some(fc.constantFrom('+4930*', '+12025550123', '+1202*'))
const voicemail = plainAction.filter((action) => !('action' in action))
const overflow = dial.map(({ otherwise: _, ...rest }) => rest)

export const model: fc.Arbitrary<Model> = fc.record({
  endpoints: fc.tuple(endpoint, endpoint, endpoint),
  schedules: fc.tuple(schedule, schedule),
  vips,
  claims: fc.tuple(...CLAIMS.map((claims) => fc.subarray(claims, { minLength: 1 }))),
  rules: fc.tuple(rules, rules, rules, rules),
  ofConfig: fc.oneof(fc.constant([]), ofConfig),
  voicemail,
  overflow,
  default: body,
  otherwise: body,
})

/** The parts of a written config that a test writes in another way. */
export interface Source extends Record<string, unknown> {
  readonly groups: { readonly team: readonly string[] }
  readonly lists: { readonly vips: readonly string[] }
  readonly routes: readonly object[]
}

export function sourceOf({ endpoints, schedules, vips, claims, rules, ofConfig, ...rest }: Model): Source {
  return {
    endpoints: Object.fromEntries(endpoints.map((one, at) => [`e${at}`, one])),
    schedules: Object.fromEntries(schedules.map((one, at) => [`s${at}`, one])),
    groups: { team: ['e1', 'e0'] },
    lists: { vips: [...new Set(vips)] },
    actions: { voicemail: rest.voicemail, overflow: rest.overflow },
    defaults: { otherwise: rest.otherwise },
    default: rest.default,
    rules: ofConfig.map((rule) => ({ if: rule.if, ...rule.body })),
    routes: claims.map((to, at) => ({
      name: `r${at}`,
      to: [...new Set(to)],
      rules: rules[at]!.map((rule) => ({ if: rule.if, ...rule.body })),
    })),
  }
}

type Edit = (model: Model) => Model
type Rules = Model['rules'][number]

/** One key of a shape with some value. */
function oneKey(shape: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  return fc.oneof(...Object.entries(shape).map(([key, value]) => value.map((given) => ({ [key]: given }))))
}

function at<T>(list: readonly T[], place: number, edit: (one: T) => T): T[] {
  return list.map((one, index) => (index === place % list.length ? edit(one) : one))
}

const ruleEdit: fc.Arbitrary<(rules: Rules) => Rules> = fc.oneof(
  fc.tuple(fc.nat(3), oneKey(dialShape)).map(
    ([place, change]) =>
      (rules: Rules) =>
        at(rules, place, (rule) =>
          'dial' in rule.body ? { ...rule, body: { ...rule.body, ...change } } : rule,
        ),
  ),
  fc.tuple(fc.nat(3), oneKey(conditionShape)).map(
    ([place, change]) =>
      (rules: Rules) =>
        at(rules, place, (rule) => ({ ...rule, if: { ...rule.if, ...change } })),
  ),
  fc.tuple(fc.nat(3), body).map(
    ([place, other]) =>
      (rules: Rules) =>
        at(rules, place, (rule) => ({ ...rule, body: other })),
  ),
  fc.constant((rules: Rules) => rules.toReversed()),
  fc.constant((rules: Rules) => (rules.length > 1 ? rules.slice(1) : rules)),
)

const edit: fc.Arbitrary<Edit> = fc.oneof(
  ruleEdit.map(
    (change): Edit =>
      (one) => ({ ...one, ofConfig: one.ofConfig.length > 0 ? change(one.ofConfig) : one.ofConfig }),
  ),
  ofConfig.map(
    (other): Edit =>
      (one) => ({ ...one, ofConfig: other }),
  ),
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(3), ruleEdit).map(
      ([route, change]): Edit =>
        (one) => ({ ...one, rules: at(one.rules, route, change) }),
    ),
  },
  fc.tuple(fc.nat(2), endpoint).map(
    ([place, other]): Edit =>
      (one) => ({ ...one, endpoints: at(one.endpoints, place, () => other) }),
  ),
  fc
    .tuple(
      fc.nat(1),
      oneKey({ timezone: fc.constantFrom('Europe/Berlin', 'Asia/Tokyo'), open: openings, closed: closings }),
    )
    .map(
      ([place, change]): Edit =>
        (one) => ({ ...one, schedules: at(one.schedules, place, (hours) => ({ ...hours, ...change })) }),
    ),
  fc.nat(3).chain((route) =>
    fc.subarray(CLAIMS[route]!, { minLength: 1 }).map(
      (to): Edit =>
        (one) => ({ ...one, claims: at(one.claims, route, () => to) }),
    ),
  ),
  oneKey({ voicemail, overflow, default: body, otherwise: body, vips }).map(
    (change): Edit =>
      (one) => ({ ...one, ...change }),
  ),
)

/** One config, and the same with one or two edits. */
export const edited: fc.Arbitrary<[Model, Model]> = fc
  .tuple(model, fc.array(edit, { minLength: 1, maxLength: 2 }))
  .map(([one, edits]) => [one, edits.reduce((sofar, change) => change(sofar), one)])

/** A call as webhook parameters, and when it comes. */
export const anyCall = fc.record({
  To: fc.constantFrom(
    ...[
      '+4930123456',
      '+49309911',
      '+49309912345',
      '+4930770100',
      '+4930770149',
      '+4930770150',
      '+4930770180',
    ],
    ...[
      '+4930770181',
      '+4930770199',
      '+4930770200',
      '+4930770555',
      '+49305',
      '+4940',
      '+15551230001',
      '+15551230002',
    ],
    ...['sip:alice@acme.sip.twilio.com', 'sip:alfred@acme.sip.twilio.com', 'sip:bob@acme.sip.us1.twilio.com'],
    ...['sip:bob@elsewhere.example', 'client:joe', '+33123456789'],
  ),
  From: fc.constantFrom(
    ...['anonymous', '+19001234567', '+491701234567', '+491709', '+4930555', '+12025550123', '+12025550124'],
    ...['+33123456789', 'sip:bob@x.example', 'sip:bob@y.example', 'client:joe', ''],
    ...[
      'sip:+491701234567@x.example',
      'sip:+4930555;npdi@y.example',
      'sip:+12025550123@x.example',
      '+17378742833',
    ],
    ...['sip:unavailable@x.example', 'sip:+49%3049@x.example'],
  ),
  FromCountry: fc.constantFrom('DE', 'US', 'FR', ''),
  StirVerstat: fc.constantFrom(
    'TN-Validation-Passed-A',
    'TN-Validation-Passed-B',
    'TN-Validation-Failed',
    '',
  ),
  ForwardedFrom: fc.constantFrom(
    '+49401',
    '+494055',
    'anonymous',
    '+33',
    '',
    'sip:+49401@x.example',
    undefined,
  ),
  SipDomain: fc.constantFrom('acme.sip.twilio.com', 'x.example', ''),
  CallerName: fc.constantFrom('VIP', 'VIP x', 'Joe', ''),
  CallSid: fc.integer({ min: 0, max: 50 }).map((number) => `CA${String(number).padStart(32, '0')}`),
})
