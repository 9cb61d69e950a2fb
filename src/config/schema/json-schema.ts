import { z } from 'zod'
import { FAILOVER_ON } from '../../dial/failover.js'
import { RECOMMENDED_OVERRIDES } from '../../twilio/connection-overrides.js'
import { rootSchema } from './root.js'

/** A node of a JSON Schema, as far as this file looks at it. */
export interface JsonSchema {
  [key: string]: unknown
  properties?: Record<string, JsonSchema>
}

/**
 * The JSON Schema (draft 2020-12) of the config language, for editors: what `check` takes by its shape, with
 * descriptions, defaults and examples. Made from the schema that the loader uses.
 */
export function jsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(rootSchema, { io: 'output', override: asWritten }) as JsonSchema
  addSamples(schema, '')
  return { $schema: schema.$schema, title: 'dialsip config', ...schema }
}

type Overridden = Parameters<NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>>[0]

/** The loader sees every scalar as text; an editor sees what YAML makes of it. */
function asWritten(overridden: Overridden): void {
  asAccepted(overridden)
  const { jsonSchema } = overridden
  if (jsonSchema.type === 'string') jsonSchema.type = ['string', 'number', 'boolean'] as never
}

/** What is read from a file or a request is first put in one form: a single value may be written as a list of one. */
export function asAccepted({ jsonSchema, zodSchema }: Overridden): void {
  const byDefault = z.globalRegistry.get(zodSchema as unknown as z.ZodType)?.default
  // zod leaves it out for a value that is preprocessed
  if (byDefault !== undefined) jsonSchema.default = byDefault as never
  // every key of a map is a text
  delete jsonSchema.propertyNames
  // it says that the code does not change it
  delete jsonSchema.readOnly
  if (jsonSchema.oneOrMany) oneOrMany(jsonSchema)
  else if (Array.isArray(jsonSchema.enum)) jsonSchema.enum = jsonSchema.enum.flatMap(spellings)
  else if (jsonSchema.const === 'true') {
    delete jsonSchema.const
    jsonSchema.enum = spellings('true')
  }
  if (jsonSchema.enum) delete jsonSchema.type
}

function oneOrMany(schema: Overridden['jsonSchema']): void {
  const { oneOrMany: _, type, items, ...rest } = schema
  for (const key of Object.keys(schema)) delete schema[key]
  Object.assign(schema, rest, { anyOf: [items, { type, items }] })
}

/** A word such as `true` is a boolean to YAML, and nothing at all is null. */
function spellings(word: unknown): (string | boolean | null)[] {
  if (word === '') return ['', null]
  return word === 'true' || word === 'false' ? [word, word === 'true'] : [word as string]
}

/** Puts defaults and examples next to the descriptions; those of a TwiML attribute are there already. */
function addSamples(node: unknown, parent: string): void {
  if (typeof node !== 'object' || node === null) return
  const { properties = {}, ...rest } = node as JsonSchema
  for (const [key, schema] of Object.entries(properties)) {
    const sample = SAMPLES[`${parent}.${key}`] ?? SAMPLES[key]
    Object.assign(schema, { ...sample, ...('default' in schema && { default: schema.default }) })
    addSamples(schema, key)
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$defs') for (const [id, schema] of Object.entries(value as object)) addSamples(schema, id)
    else if (!DATA.includes(key)) addSamples(value, parent)
  }
}

/** Keys whose values are values of the config, not schemas. */
const DATA = ['examples', 'default', 'enum']

/** What an editor offers for a key: values as they are written in a file, and the default. */
interface SchemaSample {
  readonly default?: unknown
  readonly examples?: readonly unknown[]
}

/**
 * Samples by key. One word means one thing everywhere, so the name of the key mostly suffices; where it does not,
 * the key that it is under comes before it.
 */
export const SAMPLES: Readonly<Record<string, SchemaSample>> = {
  publicUrl: examples('https://voice.example.com', 'https://example.com/twilio'),
  listen: { default: '0.0.0.0:8080', examples: ['127.0.0.1:8080', '[::]:8080'] },
  'admin.listen': { default: '127.0.0.1:9090', examples: ['127.0.0.1:9090'] },
  admin: examples({ listen: '0.0.0.0:9090', tokens: ['${ADMIN_TOKEN}'] }),
  hosts: examples(['dialsip.internal'], ['dialsip-admin.dialsip.svc', '10.0.0.11']),
  tokens: examples(['${ADMIN_TOKEN}'], ['${file:/run/secrets/admin_token}']),
  insecureSkipSignature: { default: false },
  state: { default: 'memory', examples: ['redis://redis:6379', '${REDIS_URL}'] },
  accounts: examples([{ sid: 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', authTokens: ['${TWILIO_AUTH_TOKEN}'] }]),
  sid: examples('ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '${TWILIO_ACCOUNT_SID}'),
  authTokens: examples(['${TWILIO_AUTH_TOKEN}'], ['${TWILIO_AUTH_TOKEN}', '${TWILIO_AUTH_TOKEN_NEXT}']),
  account: examples('production'),
  sharedKeys: examples({ SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: '${TWILIO_SHARED_KEY}' }),
  'accounts.name': examples('production'),
  enhancedSip: { default: false },
  apiKey: examples('SKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '${TWILIO_API_KEY}'),
  apiKeySecret: examples('${TWILIO_API_KEY_SECRET}'),
  twilio: examples({ region: 'ie1' }),
  'twilio.region': examples('ie1', 'au1'),
  'twilio.edge': examples('dublin', 'sydney'),
  apiBaseUrl: { default: 'https://api.twilio.com', examples: ['http://127.0.0.1:4010'] },
  voiceFallbackUrl: examples('https://example.com/fallback.xml'),
  retries: { default: RECOMMENDED_OVERRIDES, examples: [RECOMMENDED_OVERRIDES, 'none'] },
  outbound: examples({ cps: 5, from: '+4930123456' }),
  cps: { default: 1, examples: [5] },
  'outbound.from': examples('+4930123456'),
  defaults: examples({ timeout: 20, answerOnBridge: true, otherwise: 'voicemail' }),
  default: { default: { reject: 'rejected' }, examples: [{ reject: 'busy' }, 'voicemail'] },
  logging: examples({ level: 'debug' }),
  level: { default: 'info' },
  include: examples(['routes/*.yaml']),
  endpoints: examples({ frankfurt: { uri: 'sip:{{To}}@fra.pbx.example.com;transport=tls', region: 'de1' } }),
  groups: examples({ europe: ['frankfurt', 'dublin'] }),
  schedules: examples({ office: { timezone: 'Europe/Berlin', open: ['mon-fri 09:00-18:00'] } }),
  lists: examples({ vips: ['+4930123456', '+4989*'], blocked: 'blocked.txt' }),
  numbersFrom: examples('numbers.csv'),
  routes: examples([{ name: 'simple', to: '+15551230001', dial: 'sip:jack@example.com' }]),
  actions: examples({ voicemail: { say: 'Please leave a message.', record: { maxLength: 120 } } }),
  tests: examples([{ call: { to: '+15551230001' }, expect: { route: 'simple' } }]),
  name: examples('berlin'),
  to: examples('+4930123456', '+493099*', '+4930770100..+4930770199', 'sip:*@acme.sip.twilio.com'),
  rules: examples([{ if: { schedule: 'office' }, dial: 'frankfurt' }, { say: 'We are closed.' }]),
  if: examples({ schedule: 'office' }, { from: ['anonymous', '+1900*'] }),
  from: examples('+491701234567', '+1900*', 'anonymous'),
  fromCountry: examples('DE', ['DE', 'AT', 'CH']),
  schedule: examples('office'),
  attestation: examples(['A', 'B'], 'failed'),
  forwardedFrom: examples('+4930123456'),
  sipDomain: examples('acme.sip.twilio.com'),
  params: examples({ CallerName: 'ACME*' }),
  not: examples({ schedule: 'office' }),
  dial: examples('frankfurt', ['frankfurt', 'dublin'], 'sip:jack@example.com', { ring: ['alice', 'bob'] }),
  say: examples('Please leave a message after the tone.', { text: 'Guten Tag', language: 'de-DE' }),
  text: examples('Guten Tag'),
  play: examples('https://example.com/hello.mp3', { url: 'https://example.com/hold.mp3', loop: 0 }),
  url: examples('https://example.com/hello.mp3'),
  record: examples({ maxLength: 120 }, 'record-from-answer-dual', true),
  'defaults.record': examples('record-from-answer-dual'),
  'hop.record': examples('record-from-answer-dual'),
  pause: examples(2),
  redirect: examples('https://example.com/twiml'),
  reject: examples('busy'),
  hangup: examples(true),
  action: examples('voicemail'),
  otherwise: examples('voicemail', { say: 'Nobody is there.' }),
  endpoint: examples('frankfurt'),
  uri: examples('sip:{{To}}@pbx.example.com;transport=tls'),
  number: examples('+4930123456'),
  maxCalls: examples(30),
  region: examples('de1', 'ie1', 'us1'),
  edge: examples('frankfurt', 'dublin', 'ashburn'),
  headers: examples({ 'X-Tenant': 'acme', 'X-Caller': '{{From}}' }),
  username: examples('twilio'),
  password: examples('${FRA_SIP_PASSWORD}', '${file:/run/secrets/fra_sip_password}'),
  ring: examples(['alice', 'bob']),
  split: examples({ frankfurt: 80, dublin: 20 }),
  by: { default: 'call' },
  callerId: examples('+4930123456', '{{From}}'),
  failoverOn: {
    default: FAILOVER_ON,
    examples: [['unreachable', 'serverError', 'rejected', 'unavailable'], [503, 486], 'any'],
  },
  screen: examples(true, { say: 'A call for sales. Press 1.', accept: 1 }),
  'screen.say': examples('A call for {{To}}. Press 1 to accept it.'),
  accept: examples('1'),
  'screen.timeout': { default: 5, examples: [10] },
  voice: examples('Polly.Joanna'),
  language: examples('de-DE', 'en-GB'),
  referUrl: examples(true, 'https://example.com/refer'),
  timezone: examples('Europe/Berlin', 'America/New_York', 'UTC'),
  open: examples(['mon-fri 09:00-18:00', 'sat 10:00-14:00']),
  closed: examples(['2026-12-25', '2026-12-26..2027-01-01', '01-01', 'holidays.ics']),
  timeout: examples(20),
  noProgress: examples(4),
  timeLimit: examples(3600),
  callReason: examples('Your delivery'),
  passports: examples('eyJhbGciOiJFUzI1NiJ9.e30.c2ln'),
  recordingConfigurationId: examples('CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
  recordingStatusCallback: examples('https://example.com/recording'),
  transcribeCallback: examples('https://example.com/transcription'),
  statusCallback: examples('https://example.com/status'),
  amdStatusCallback: examples('https://example.com/amd'),
  sendDigits: examples('ww1234#'),
  digits: examples('ww1'),
  byoc: examples('BYaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
  'tests.name': examples('Frankfurt is down: Dublin rings'),
  call: examples({ to: '+4930123456', from: '+491701234567', at: '2026-11-20T10:00:00+01:00' }),
  'call.to': examples('+4930123456'),
  'call.from': examples('+491701234567', 'anonymous'),
  'call.params': examples({ StirVerstat: 'TN-Validation-Passed-A' }),
  at: examples('2026-11-20T10:00:00+01:00'),
  outcomes: examples({ frankfurt: 503, dublin: 'ringing+timeout' }),
  down: examples('frankfurt'),
  drained: examples('frankfurt'),
  expect: examples({ route: 'berlin', dials: ['frankfurt', 'dublin'] }),
  route: examples('berlin', ''),
  rule: examples('2'),
  dials: examples(['frankfurt', 'dublin'], []),
  'expect.region': examples(['de1', 'ie1']),
  'expect.uri': examples('sip:+4930123456@fra.pbx.example.com;transport=tls;region=de1'),
  'expect.headers': examples({ 'X-Tenant': 'acme' }),
  'expect.action': examples('answered', 'record', 'reject'),
  twiml: examples('<Response><Reject reason="rejected"/></Response>'),
  xpath: examples({ 'string(//Dial/@timeout)': 20, 'count(//Sip)': 1 }),
  reason: examples('no route claims'),
}

function examples(...values: readonly unknown[]): SchemaSample {
  return { examples: values }
}
