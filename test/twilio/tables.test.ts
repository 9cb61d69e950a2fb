import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { attestationOf } from '../../src/call/call.js'
import {
  type Attribute,
  DIAL_ATTRIBUTES,
  NUMBER_ATTRIBUTES,
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  REJECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
  SIP_ATTRIBUTES,
} from '../../src/twilio/attributes.js'
import { isVoiceParameter, VOICE_PARAMETERS } from '../../src/twilio/parameters.js'
import { EDGES, REGIONS } from '../../src/twilio/regions.js'

// The SDK's types are the newer authority: where they move on, these tests show it.
const sdkTypes = readFileSync(
  createRequire(import.meta.url).resolve('twilio/lib/twiml/VoiceResponse.d.ts'),
  'utf8',
)

/** The members of `type name = "a" | "b"`; nothing if there is no such type. */
function union(name: string): string[] | undefined {
  const members = new RegExp(`type ${name} = (.*);`).exec(sdkTypes)?.[1]
  return members === undefined ? undefined : [...members.matchAll(/"([^"]+)"/g)].map(([, member]) => member!)
}

/** The members of `interface nameAttributes`, each with its type. */
function typedAttributes(name: string): Map<string, string> {
  const body = new RegExp(`interface ${name}Attributes {([^}]*)}`).exec(sdkTypes)![1]!
  return new Map([...body.matchAll(/^ +(\w+)\?: ([^;]+);/gm)].map(([, name, type]) => [name!, type!]))
}

const TABLES: Record<string, readonly Attribute[]> = {
  Dial: DIAL_ATTRIBUTES,
  Sip: SIP_ATTRIBUTES,
  Number: NUMBER_ATTRIBUTES,
  Say: SAY_ATTRIBUTES,
  Play: PLAY_ATTRIBUTES,
  Record: RECORD_ATTRIBUTES,
  Reject: REJECT_ATTRIBUTES,
  Redirect: REDIRECT_ATTRIBUTES,
}

/** Attributes that only the SDK has, or only we have. */
const ONLY_THERE = {
  Dial: ['action', 'method'], // the plan of the call travels in them
  Record: ['action', 'method'], // the actions that follow travel in them
} as Record<string, string[]>
const ONLY_HERE = {
  Dial: ['callReason'], // on Twilio's page, a private beta, and not typed
} as Record<string, string[]>

/** Values that are on Twilio's page, but not typed. */
const MORE_VALUES = {
  'Dial.record': ['true', 'false'], // older words for record-from-answer and do-not-record
} as Record<string, string[]>

/** Typed as a closed union, and left open here on purpose. */
const LEFT_OPEN = ['Say.voice'] // 900 voices, and new ones before the SDK has them

const KINDS: Record<string, Attribute['kind'][]> = {
  boolean: ['bool'],
  number: ['int'],
  string: ['text', 'url', 'callerId', 'enum'], // a text to the SDK; its page says more
}

t.test("attribute names are those of the SDK's types", async (t) => {
  for (const [element, table] of Object.entries(TABLES)) {
    const here = table.map(({ name }) => name).concat(ONLY_THERE[element] ?? [])
    const there = [...typedAttributes(element).keys(), ...(ONLY_HERE[element] ?? [])]
    t.same(here.sort(), there.sort(), element)
  }
})

t.test("attribute kinds are those of the SDK's types", async (t) => {
  for (const [element, table] of Object.entries(TABLES)) {
    const types = typedAttributes(element)
    for (const { name, kind } of table.filter(({ name }) => types.has(name))) {
      const type = types.get(name)!
      const closed = LEFT_OPEN.includes(`${element}.${name}`) ? 'text' : 'enum'
      const kinds = KINDS[type] ?? [type.endsWith('[]') ? 'list' : closed]
      t.ok(kinds.includes(kind), `${element}.${name} is ${type} and ${kind}`)
    }
  }
})

t.test("attribute values are those of the SDK's types", async (t) => {
  for (const [element, table] of Object.entries(TABLES)) {
    for (const { name, values } of table) {
      const typed = union(typedAttributes(element).get(name)?.replace('[]', '') ?? '')
      const path = `${element}.${name}`
      if (!typed || LEFT_OPEN.includes(path)) continue
      t.same([...values!].sort(), [...typed, ...(MORE_VALUES[path] ?? [])].sort(), path)
    }
  }
})

t.test('every attribute is described once, in one line, with a default that it allows', async (t) => {
  for (const [element, table] of Object.entries(TABLES)) {
    t.equal(new Set(table.map(({ name }) => name)).size, table.length, element)
    for (const {
      name,
      kind,
      says,
      values,
      min = 0,
      max = Number.MAX_SAFE_INTEGER,
      default: given,
    } of table) {
      t.match(says, /^[A-Z].{10,95}\.$/, `${element}.${name}`)
      t.equal(values !== undefined, kind === 'enum' || kind === 'list')
      if (values && given !== undefined) t.ok(values.includes(String(given)), `${element}.${name}`)
      if (kind === 'int') t.ok(Number(given) >= min && Number(given) <= max, `${element}.${name}`)
    }
  }
})

t.test("limits and defaults are those of Twilio's pages", async (t) => {
  const limits = (table: readonly Attribute[], name: string) => {
    const { min, max, default: given } = table.find((attribute) => attribute.name === name)!
    return [min, max, given]
  }
  t.same(limits(DIAL_ATTRIBUTES, 'timeout'), [5, 600, 30])
  t.same(limits(DIAL_ATTRIBUTES, 'timeLimit'), [1, 86_400, 14_400])
  t.same(limits(SIP_ATTRIBUTES, 'machineDetectionTimeout'), [3, 60, 30])
  t.same(limits(SIP_ATTRIBUTES, 'machineDetectionSpeechThreshold'), [1000, 6000, 2400])
  t.same(limits(SIP_ATTRIBUTES, 'machineDetectionSpeechEndThreshold'), [500, 5000, 1200])
  t.same(limits(SIP_ATTRIBUTES, 'machineDetectionSilenceTimeout'), [2000, 10_000, 5000])
  t.same(limits(RECORD_ATTRIBUTES, 'maxLength'), [2, 86_400, 3600])
})

t.test('only the SIP password is secret', async (t) => {
  const secret = Object.values(TABLES).flatMap((table) => table.filter(({ secret }) => secret))
  t.same(
    secret.map(({ name }) => name),
    ['password'],
  )
})

t.test('regions are those of the SDK, each with its edge', async (t) => {
  t.same(Object.keys(REGIONS).sort(), union('ConferenceRegion')!.sort())
  const pairs =
    'us1 ashburn us2 umatilla ie1 dublin de1 frankfurt sg1 singapore jp1 tokyo br1 sao-paulo au1 sydney'
  t.equal(Object.entries(REGIONS).flat().join(' '), pairs)
  for (const name of ['constructor', '__proto__', 'US1']) t.equal(REGIONS[name], undefined, name)
})

t.test('edges are those of the regions and of Interconnect', async (t) => {
  const interconnect = EDGES.filter((edge) => edge.endsWith('-ix'))
  t.equal(EDGES.length, 16)
  t.equal(interconnect.length, 8)
  t.same(EDGES, [...Object.values(REGIONS), ...interconnect])
})

t.test('the parameters of every webhook are known', async (t) => {
  const seen = {
    call: 'AccountSid ApiVersion CallSid CallStatus CallToken Called CallerZip Direction From FromCity To ToCountry',
    sip: 'SipCallId SipDomain SipDomainSid SipSourceIp SipUsername SipHeader_X-Route-Id SipHeader_User-to-User',
    dialed: 'DialCallStatus DialBridged DialSipResponseCode DialSipHeader_X-Reason ReferTransferTarget',
    progress: 'ParentCallSid Timestamp CallbackSource SequenceNumber CallDuration SipResponseCode StirStatus',
    recording:
      'RecordingSid RecordingUrl RecordingStatus RecordingChannels RecordingStartTime RecordingSource',
    rest: 'ForwardedFrom CallerName StirVerstat StirPassportToken AnsweredBy Digits ErrorCode ErrorUrl',
  }
  for (const name of Object.values(seen).join(' ').split(' ')) t.ok(isVoiceParameter(name), name)
  t.equal(new Set(VOICE_PARAMETERS).size, VOICE_PARAMETERS.length, 'none twice')
})

t.test('other names are not parameters', async (t) => {
  for (const name of [
    '',
    'from',
    'Form',
    'SipHeader_',
    'SipHeader_X Y',
    'sipheader_X-A',
    'XSipHeader_A',
    '__proto__',
  ]) {
    t.notOk(isVoiceParameter(name), name)
  }
})

t.test('each spelling of StirVerstat has its attestation', async (t) => {
  for (const level of ['A', 'B', 'C'] as const) {
    for (const way of ['', '-Diverted', '-Passthrough']) {
      t.equal(attestationOf(`TN-Validation-Passed-${level}${way}`), level)
      t.equal(attestationOf(`tn-validation-passed-${level}${way}`.toLowerCase()), level)
      t.equal(attestationOf(`TN-Validation-Failed-${level}${way}`), 'failed')
    }
  }
  for (const failed of ['TN-Validation-Failed', 'TN-VALIDATION-FAILED', 'NULL'])
    t.equal(attestationOf(failed), 'failed')
  for (const none of [undefined, '', 'No-TN-Validation']) t.equal(attestationOf(none), 'none')
})

t.test('an unknown StirVerstat never passes', async (t) => {
  const near = [
    'TN-Validation-Passed',
    'TN-Validation-Passed-D',
    'TN-Validation-Passed-AB',
    ' TN-Validation-Passed-A',
  ]
  for (const value of near) t.equal(attestationOf(value), 'none', value)
  fc.assert(
    fc.property(fc.string(), (value) => attestationOf(value) === 'none' || /^(tn-|null$)/i.test(value)),
  )
})
