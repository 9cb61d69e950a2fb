import assert from 'node:assert/strict'
import { DOMParser, type Element } from '@xmldom/xmldom'
import fc from 'fast-check'
import t from 'tap'
import { fragment } from 'xmlbuilder2'
import { fragment as smallFragment } from '../scripts/small-xml.js'
import { TwimlWriter } from '../src/actions/twiml-writer.js'
import type { Call } from '../src/call/call.js'
import { advance, decide, refer, resume, screenFor } from '../src/decide.js'
import { planQuery } from '../src/dial/plan.js'
import { screenedTwiml, screenTwiml } from '../src/dial/screen.js'
import type { Config } from '../src/model/config.js'
import type { Decision, DialStep, Resume } from '../src/model/decision.js'
import { ALL_UP } from '../src/model/state.js'
import { escapeXml } from '../src/xml/escape.js'
import { callOf, configOf, referredCallOf } from './harness/build.js'
import { cases } from './harness/cases.js'
import { ORACLES } from './oracles/sip-uris.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')

/** Reads a document as Twilio would; anything that is not well-formed XML throws. */
function parseXml(xml: string): Element {
  const onError = (level: string, message: string) => {
    throw new Error(`${level}: ${message}`)
  }
  return new DOMParser({ onError }).parseFromString(xml, 'text/xml').documentElement!
}

/** Every element of a document with its attributes, without values: what nobody but the operator may change. */
function outline(element: Element): unknown {
  const attributes = Array.from(element.attributes, (attribute) => attribute.name)
  const children = Array.from(element.childNodes).filter((node) => node.nodeType === 1)
  return [element.tagName, attributes, children.map((child) => outline(child as Element))]
}

function twimlOf(config: Config, decision: Decision): string {
  return new TwimlWriter(config.publicUrl).write(decision.steps)
}

function answer(config: Config, overrides: Readonly<Record<string, string>> = {}): string {
  return twimlOf(config, decide(config, callOf(overrides), NOW, ALL_UP))
}

function attributesOf(xml: string, tag: string): Record<string, string> {
  const element = parseXml(xml).getElementsByTagName(tag)[0]!
  return Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]))
}

const HOSTILE = configOf(`
endpoints:
  a:
    uri: sip:{{From}}@a.example.com:5061;transport=tls
    region: de1
    headers: { X-Name: "{{CallerName}}", X-From: "<{{From}}>", User-to-User: "{{params.U}}" }
routes:
  - to: "+15551230001"
    action:
      - say: "Hello {{CallerName}}, {{FromCity}}"
      - dial: a
        callerId: "{{From}}"
        answerOnBridge: false
`)

/** What a caller may send, and what means something in XML, URIs and SIP oftener. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'<>&"\';?@%:=,+/\\ \r\n\0\ud800\udc00\ufffe'.split(''),
        ']]>',
        '<!--',
        '&#x3C;',
        '%0D%0A',
        ...['$', '$&', '$`', "$'", '$$', '$1', '$<x>'], // patterns of String.replace
      ),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => Array.from(parts.join('')).slice(0, 16).join('')) // longer ones do not fit into the URI

/** What a caller may put into the parameters that the templates name. */
const hostileValues = fc.record({
  From: hostileText,
  CallerName: hostileText,
  FromCity: hostileText,
  U: hostileText,
})

t.test('nothing that a caller sends adds to the document', async () => {
  const plain = outline(parseXml(answer(HOSTILE)))
  const withoutCallerId = outline(parseXml(answer(HOSTILE, { From: '' })))
  fc.assert(
    fc.property(hostileValues, (hostile) => {
      const xml = answer(HOSTILE, hostile)
      const root = parseXml(xml)
      assert(
        [plain, withoutCallerId].some(
          (expected) => JSON.stringify(expected) === JSON.stringify(outline(root)),
        ),
        xml,
      )
      for (const [, readBy] of ORACLES) {
        const uri = readBy(root.getElementsByTagName('Sip')[0]!.textContent!)!
        assert.deepEqual(
          [uri.host, uri.port, Object.keys(uri.parameters)],
          ['a.example.com', 5061, ['transport', 'region']],
        )
        assert.deepEqual(Object.keys(uri.headers), ['X-Name', 'X-From', 'User-To-User'])
      }
    }),
    { numRuns: cases(100) },
  )
})

const LATER = configOf(`
endpoints:
  a: { uri: "sip:{{From}}@a.example.com", headers: { X-Wild: "{{wild}}", X-To: "{{To}}" } }
routes:
  - name: asked
    to: "+15551230001"
    dial: a
    screen: { say: "{{CallerName}} in {{FromCity}}", accept: "1" }
    otherwise: [{ say: "Hello {{CallerName}}" }, { record: true }, { say: "{{FromCity}}" }, { record: true }, { say: "{{From}}" }]
  - { name: screened, to: "+15551230002", dial: a, screen: { say: "{{CallerName}}" } }
  - name: desk
    to: "sip:*@desk.example.com"
    action: [{ say: "{{CallerName}} for {{wild}} at {{To}}" }, { dial: a, screen: true, referUrl: true }]
`)

/** Every document that a call gets after its first, by what it is: screens, a voicemail with what follows it, a REFER. */
function laterDocuments(hostile: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const call = callOf(hostile)
  const asked = dialIn(decide(LATER, call, NOW, ALL_UP))
  const screened = dialIn(decide(LATER, callOf({ ...hostile, To: '+15551230002' }), NOW, ALL_UP))
  const silence = { status: 'no-answer', code: 487, rang: true, bridged: undefined }
  const voicemail = advance(LATER, call, asked.plan, silence, ALL_UP)
  const goesOn = resume(LATER, call, resumeIn(voicemail), ALL_UP)
  const referred = refer(LATER, referredCallOf(`<sip:${hostile.U}@desk.example.com>`, hostile), NOW, ALL_UP)
  return {
    asked: screenOf(asked, call),
    screened: screenOf(screened, call),
    voicemail: twimlOf(LATER, voicemail),
    goesOn: twimlOf(LATER, goesOn),
    end: twimlOf(LATER, resume(LATER, call, resumeIn(goesOn), ALL_UP)),
    referred: twimlOf(LATER, referred),
  }
}

function dialIn({ steps }: Decision): DialStep {
  return steps.find((step): step is DialStep => step.verb === 'dial')!
}

function resumeIn({ steps }: Decision): Resume {
  return steps.flatMap((step) => (step.verb === 'record' ? step.resume : []))[0]!
}

function screenOf({ plan }: DialStep, call: Call): string {
  const { screen, text } = screenFor(LATER, plan, call)!
  return screenTwiml(screen, text, `https://voice.example.com/screen?${planQuery(plan)}`)
}

t.test('nothing that a caller sends adds to a later document', async (t) => {
  const outlines = (documents: Readonly<Record<string, string>>) =>
    Object.entries(documents).map(([name, xml]) => [name, outline(parseXml(xml))] as const)
  const plain = new Map(outlines(laterDocuments({ U: '100', CallerName: 'Bob', FromCity: 'Rome' })))
  const elsewhere = outline(parseXml('<Response><Reject reason="rejected"/></Response>'))
  fc.assert(
    fc.property(hostileValues, (hostile) => {
      for (const [name, found] of outlines(laterDocuments(hostile))) {
        const expected = name === 'referred' ? [plain.get(name), elsewhere] : [plain.get(name)]
        assert(
          expected.some((one) => JSON.stringify(one) === JSON.stringify(found)),
          `${name}: ${JSON.stringify(found)}`,
        )
      }
    }),
    { numRuns: cases(100) },
  )
  const patterns = laterDocuments({ U: '100', CallerName: "$& $` $' $$ $1", FromCity: '' })
  for (const name of ['asked', 'screened', 'voicemail', 'referred'])
    t.match(parseXml(patterns[name]!).textContent, "$& $` $' $$ $1", name)
})

t.test('what XML cannot hold is left out', async (t) => {
  t.equal(escapeXml('a\0b\ud800c\udc00d\ufffee'), 'abcde')
  t.equal(escapeXml('<\u{1F600}&"\'>'), '&lt;\u{1F600}&amp;&quot;&apos;&gt;')
})

t.test('every attribute of Dial and Sip reaches the document', async (t) => {
  const xml = answer(
    configOf(`
endpoints:
  a:
    uri: sip:{{To}}@a.example.com
    username: u
    password: p
    url: https://x.example.com/screen
    method: GET
    statusCallback: https://x.example.com/status
    statusCallbackEvent: [initiated, completed]
    statusCallbackMethod: GET
    machineDetection: Enable
    machineDetectionTimeout: 3
    machineDetectionSpeechThreshold: 1000
    machineDetectionSpeechEndThreshold: 500
    machineDetectionSilenceTimeout: 2000
    amdStatusCallback: https://x.example.com/amd
    amdStatusCallbackMethod: POST
routes:
  - to: "+15551230001"
    dial: a
    timeout: 5
    timeLimit: 14400
    callerId: "+15550000000"
    answerOnBridge: true
    hangupOnStar: true
    record: record-from-answer-dual
    recordingStatusCallback: https://x.example.com/rec
    recordingStatusCallbackMethod: POST
    recordingStatusCallbackEvent: [in-progress, completed, absent]
    recordingTrack: both
    trim: trim-silence
    ringTone: de
    sequential: false
    referUrl: https://x.example.com/refer
    referMethod: POST
`),
  )
  const { action, ...dial } = attributesOf(xml, 'Dial')
  t.match(action, /^https:\/\/voice\.example\.com\/dialed\?dial=/)
  t.same(dial, {
    timeout: '5',
    timeLimit: '14400',
    callerId: '+15550000000',
    answerOnBridge: 'true',
    hangupOnStar: 'true',
    record: 'record-from-answer-dual',
    recordingStatusCallback: 'https://x.example.com/rec',
    recordingStatusCallbackMethod: 'POST',
    recordingStatusCallbackEvent: 'in-progress completed absent',
    recordingTrack: 'both',
    trim: 'trim-silence',
    ringTone: 'de',
    sequential: 'false',
    referUrl: 'https://x.example.com/refer',
    referMethod: 'POST',
  })
  t.same(attributesOf(xml, 'Sip'), {
    username: 'u',
    password: 'p',
    url: 'https://x.example.com/screen',
    method: 'GET',
    statusCallback: 'https://x.example.com/status',
    statusCallbackEvent: 'initiated completed',
    statusCallbackMethod: 'GET',
    machineDetection: 'Enable',
    machineDetectionTimeout: '3',
    machineDetectionSpeechThreshold: '1000',
    machineDetectionSpeechEndThreshold: '500',
    machineDetectionSilenceTimeout: '2000',
    amdStatusCallback: 'https://x.example.com/amd',
    amdStatusCallbackMethod: 'POST',
  })
})

t.test('each verb has its element', async (t) => {
  const xml = answer(
    configOf(`
routes:
  - to: "+15551230001"
    action:
      - say: { text: "Hi {{From}} & co", voice: alice, language: en-GB }
      - play: { url: "https://x.example.com/a.mp3?x=1&y=2", loop: 2 }
      - play: { digits: "1w2" }
      - record: { maxLength: 60, transcribe: true }
      - redirect: { url: "https://x.example.com/next", method: GET }
`),
  )
  t.equal(
    xml,
    '<?xml version="1.0" encoding="UTF-8"?><Response>' +
      '<Say voice="alice" language="en-GB">Hi +15557650002 &amp; co</Say>' +
      '<Play loop="2">https://x.example.com/a.mp3?x=1&amp;y=2</Play>' +
      '<Play digits="1w2"></Play>' +
      '<Record recordingStatusCallback="https://voice.example.com/recording" transcribeCallback="https://voice.example.com/recording" maxLength="60" transcribe="true" action="https://voice.example.com/recorded?list=%2B15551230001&amp;route=%2B15551230001&amp;step=4"/>' +
      '<Redirect method="GET">https://x.example.com/next</Redirect></Response>',
  )
  t.match(answer(configOf('default: { reject: busy }')), '<Response><Reject reason="busy"/></Response>')
  t.match(answer(configOf('default: { hangup: }')), '<Response><Hangup/></Response>')
  t.match(answer(configOf('default: { record: true }')), /<Record /)
})

t.test('what follows a recording goes on after it', async (t) => {
  const config = configOf('default: [{ record: true }, { say: thanks }]')
  const after = (list: string, step: number) =>
    twimlOf(config, resume(config, callOf(), { list, step, route: '', rule: '', tried: [] }, ALL_UP))
  t.match(after('@@default', 1), '<Say>thanks</Say>')
  t.match(after('@@default', 2), '<Hangup/>')
  t.match(after('@gone', 0), '<Hangup/>')
  t.match(after('gone/otherwise', 0), '<Hangup/>')
})

t.test('a caller id that Twilio would refuse is left out', async (t) => {
  const config = configOf(
    'routes: [{ to: "+15551230001", dial: "sip:a.example.com", callerId: "{{CallerName}}" }]',
  )
  t.equal(attributesOf(answer(config, { CallerName: 'Jo-1' }), 'Dial').callerId, 'Jo-1')
  t.equal(attributesOf(answer(config, { CallerName: 'Jo Doe' }), 'Dial').callerId, undefined)
  t.match(decide(config, callOf({ CallerName: 'Jo Doe' }), NOW, ALL_UP).warnings, [
    /caller id "Jo Doe" is left out/,
  ])
})

t.test('a header that does not fit is left out', async (t) => {
  const config = configOf(`
endpoints: { a: { uri: "sip:a.example.com", headers: { X-Long: "{{params.L}}", X-Short: s } } }
routes: [{ to: "+15551230001", dial: a }]
`)
  const decision = decide(config, callOf({ L: 'x'.repeat(1024) }), NOW, ALL_UP)
  t.match(twimlOf(config, decision), '>sip:a.example.com?X-Short=s<')
  t.match(decision.warnings, [/header X-Long is left out/])
})

t.test('a password in a bare URI is in the URI alone', async (t) => {
  const xml = answer(configOf('routes: [{ to: "+15551230001", dial: "sip:u:s3cret@a.example.com" }]'))
  t.equal(xml.split('s3cret').length, 2)
  t.match(xml, '>sip:u:s3cret@a.example.com<')
})

t.test('a number is dialled with Number', async (t) => {
  const xml = answer(
    configOf(
      'routes: [{ to: "+15551230001", dial: { number: "+4930123456", sendDigits: "1" }, callerId: "{{To}}" }]',
    ),
  )
  t.match(attributesOf(xml, 'Number'), {
    sendDigits: '1',
    statusCallback: 'https://voice.example.com/status?endpoint=%2B4930123456',
  })
  t.equal(attributesOf(xml, 'Dial').callerId, '+15551230001')
})

t.test('a ring is one Dial with several Sip', async (t) => {
  const xml = answer(
    configOf('routes: [{ to: "+15551230001", dial: { ring: ["sip:a.example.com", "sip:b.example.com"] } }]'),
  )
  t.same(
    Array.from(parseXml(xml).getElementsByTagName('Sip'), (sip) => sip.textContent),
    ['sip:a.example.com', 'sip:b.example.com'],
  )
  t.equal(parseXml(xml).getElementsByTagName('Dial').length, 1)
})

t.test('the path of publicUrl is in every URL of ours', async (t) => {
  const config = configOf(
    'routes: [{ to: "+15551230001", dial: "sip:a.example.com", referUrl: true, screen: true }]',
  )
  const xml = new TwimlWriter({ ...config.publicUrl, href: 'https://x.example.com/twilio' }).write(
    decide(config, callOf(), NOW, ALL_UP).steps,
  )
  const urls = [...xml.matchAll(/"(https:[^"?]*)/g)].map(([, url]) => url)
  t.same(
    urls.sort(),
    ['dialed', 'refer', 'screen', 'status'].map((path) => `https://x.example.com/twilio/${path}`),
  )
})

t.test('a screen asks before the call is put through', async (t) => {
  const config = configOf(`
routes:
  - to: "+15551230001"
    dial: sip:a.example.com
    screen: { say: "Call from {{From}}", accept: "42", timeout: 3, language: en-GB }
`)
  const step = decide(config, callOf(), NOW, ALL_UP).steps[0] as DialStep
  const { screen, text } = screenFor(config, step.plan, callOf())!
  t.equal(
    screenTwiml(screen, text, 'https://x.example.com/screen?a=1&b=2'),
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" numDigits="2" timeout="3" action="https://x.example.com/screen?a=1&amp;b=2">' +
      '<Say language="en-GB">Call from +15557650002</Say></Gather><Hangup/></Response>',
  )
  t.match(screenedTwiml(screen, '42'), '<Response></Response>')
  t.match(screenedTwiml(screen, '41'), '<Hangup/>')
  t.match(
    screenTwiml({ ...screen, accept: undefined }, 'Hi', ''),
    '<Response><Say language="en-GB">Hi</Say></Response>',
  )
  t.equal(screenFor(config, { ...step.plan, hop: 'gone' }, callOf()), undefined)
  t.match(screenTwiml(screen, 'x'.repeat(5000), ''), new RegExp(`>x{${4096}}<`))
})

t.test('a document that is too long for Twilio is an error', async (t) => {
  const says = Array.from({ length: 17 }, () => '{ say: "{{params.X}}" }').join(', ')
  const config = configOf(`default: [${says}]`)
  t.throws(() => answer(config, { X: 'x'.repeat(5000) }), /65535/)
  t.ok(answer(config, { X: 'x'.repeat(3000) }))
})

t.test('in the exported function an element is what xmlbuilder2 makes of it', (t) => {
  const text = fc.string({ unit: fc.constantFrom(...'ab <>&"\'=/ä€😀') })
  const attributes = fc.dictionary(fc.constantFrom('action', 'voice', 'x-y'), text, { noNullPrototype: true })
  fc.assert(
    fc.property(attributes, text, (attributes, content) => {
      const [small, large] = [smallFragment, fragment].map((make) => {
        const element = make().ele('Say', attributes)
        if (content !== '') element.txt(content)
        return element.up().toString()
      })
      assert.equal(small, large)
    }),
  )
  t.pass('for every attribute and text')
  t.end()
})
