import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Parsed } from '../../src/errors/problem.js'
import { parseSipAddress } from '../../src/sip/address.js'
import { parseHeader } from '../../src/sip/header.js'
import { parseSipUri } from '../../src/sip/parse-uri.js'
import { addressOf, fillSipUri, type SipUri, withHeaders, withParameter } from '../../src/sip/uri.js'
import { EDGES, FORMER_EDGES } from '../../src/twilio/regions.js'
import { cases } from '../harness/cases.js'
import { almostUri, grammaticalUri, ORACLES, oracleName, type Reading } from '../oracles/sip-uris.js'

const NAMES = ['To', 'From', 'To.digits', 'wild']
const known = (name: string) => NAMES.includes(name)
const read = (text: string) => parseSipUri(text, known, NAMES)
const uri = (text: string) => must(read(text))
const header = (name: string, value: string) => parseHeader(name, value, known, NAMES)
const codes = ({ problems }: Parsed<unknown>) => problems.map(({ code }) => code)

function must<T>({ value, problems }: Parsed<T>): T {
  return value ?? assert.fail(JSON.stringify(problems))
}

function fill(from: SipUri | string, values: Record<string, string> = {}) {
  return fillSipUri(typeof from === 'string' ? uri(from) : from, (name) => values[name] ?? '')
}

function textOf(from: SipUri | string, values: Record<string, string> = {}): string {
  const filled = fill(from, values)
  return 'text' in filled ? filled.text : assert.fail(filled.unfit)
}

/** Our own reading of a URI without templates, as the oracles give theirs. */
function ownReading(text: string): Reading {
  const { scheme, user, password, host, port, parameters, headers } = uri(text)
  const userinfo = [...(user ?? []), password === null ? '' : `:${password}`].join('')
  return {
    scheme,
    user: user === null ? undefined : decodeURIComponent(userinfo),
    host,
    port: port ?? undefined,
    parameters: Object.fromEntries(parameters.map(([name, value]) => [name.toLowerCase(), value])),
    headers: Object.fromEntries(headers.map(({ name, value }) => [oracleName(name), [value.join('')]])),
  }
}

/** Both oracles read the text as we do, and once more the text that we write for it. */
function assertOraclesAgree(text: string): void {
  const own = ownReading(text)
  for (const [name, readBy] of ORACLES) {
    assert.deepEqual(readBy(text), own, `${name}: ${text}`)
    assert.deepEqual(readBy(textOf(text)), own, `${name}, as written by us: ${text}`)
  }
}

t.test('the examples of RFC 3261 mean the same everywhere', async (t) => {
  const examples = [
    'sip:alice@atlanta.com',
    'sip:alice:secretword@atlanta.com;transport=tcp',
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sips:1212@gateway.com',
    'sip:alice@192.0.2.4',
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    'sip:alice;day=tuesday@atlanta.com',
  ]
  for (const example of examples) {
    t.equal(textOf(example), example)
    t.doesNotThrow(() => assertOraclesAgree(example), example)
  }
})

t.test('the torture URIs mean the same everywhere', async (t) => {
  const examples = [
    // RFC 4475: wsinv, intmeth, esc01, escnull, semiuri, escruri
    'sip:vivekg@chair-dnrc.example.com;unknownparam',
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    'sip:sips%3Auser%40example.com@example.net',
    'sip:%75se%72@example.com',
    'sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31',
    'sip:null-%00-null@example.com',
    'sip:%00%00@host5.example.com',
    'sip:user;par=u%40example.net@example.com',
    'sip:user@example.com?Route=%3Csip:example.com%3E',
    // RFC 5118 §4.1, §4.3, §4.4 and an address with IPv4 in it
    'sip:[2001:db8::10]',
    'sip:user@[2001:db8::10:5070]',
    'sip:user@[2001:db8::10]:5070',
    'sip:user@[::ffff:192.0.2.10]',
  ]
  for (const example of examples) t.doesNotThrow(() => assertOraclesAgree(example), example)
})

t.test('the torture texts that are no URIs are refused', async (t) => {
  const texts = [
    // RFC 4475: ltgtruri, lwsruri, unkscm, novelsc
    '<sip:user@example.com>',
    'sip:user@example.com; lr',
    'nobodyKnowsThisScheme:totallyopaquecontent',
    'soap.beep://192.0.2.103:3002',
    // RFC 5118 §4.2 and §4.10
    'sip:2001:db8::10',
    'sip:user@[2001:db8:::192.0.2.1]',
  ]
  for (const text of texts) t.same(codes(read(text)), ['sip-uri'], text)
})

t.test('every grammatical URI means the same everywhere', async () => {
  fc.assert(fc.property(grammaticalUri, assertOraclesAgree), { numRuns: cases(100) })
})

t.test('what an oracle refuses is refused', async () => {
  fc.assert(
    fc.property(almostUri, (text) => {
      const { value } = read(text)
      // both refuse a host that ends with a dot and a user part that is not UTF-8: see below
      if (value === undefined || value.host.endsWith('.') || /%FF/.test(text)) return true
      return ORACLES.every(([, readBy]) => readBy(text) !== undefined)
    }),
    { numRuns: cases(1_000) },
  )
})

t.test('where an oracle errs a rule decides', async (t) => {
  const cases: [text: string, valid: boolean, rule: string][] = [
    ['sip:a@example.com.', true, 'RFC 3261 §25.1: hostname = *( domainlabel "." ) toplabel [ "." ]'],
    ['sip:a@example-', false, 'RFC 3261 §25.1: toplabel ends with alphanum'],
    ['sip:a@-example.com', false, 'RFC 3261 §25.1: domainlabel begins with alphanum'],
    ['sip:a@exam_ple', false, 'RFC 3261 §25.1: toplabel holds alphanum and "-"'],
    ['sip:a@example.com:', false, 'RFC 3261 §25.1: port = 1*DIGIT'],
    ['sip:[::]', true, 'RFC 3261 §25.1: hexpart = "::" [ hexseq ]'],
    ['sip:%FF@example.com', true, 'RFC 3261 §25.1: escaped is any byte'],
    ['sip:a@example.com;x=1;x=2', false, 'RFC 3261 §19.1.1: a parameter name appears once'],
    ['sip:a@example.com?(x)=1', false, 'RFC 3261 §7.3.1: a header name is a token'],
    ['sip:a@example.com?X-A=%FF', false, 'RFC 3261 §7: the charset is UTF-8'],
    ['sip:a@example.com:70000', false, 'RFC 768, RFC 9293: a port has 16 bits'],
    ['sip://jack@example.com', false, 'a user "//jack" is grammatical and never meant'],
  ]
  for (const [text, valid, rule] of cases) {
    t.equal(read(text).value !== undefined, valid, `${text}: ${rule}`)
    t.ok(
      ORACLES.some(([, readBy]) => isRead(readBy, text) !== valid),
      `an oracle errs on ${text}`,
    )
  }
})

function isRead(readBy: (text: string) => unknown, text: string): boolean {
  try {
    return readBy(text) !== undefined
  } catch {
    return true // only our decoding of its header values failed
  }
}

t.test('the parts of a URI are plain data', async (t) => {
  const whole = uri('SIP:+49{{ wild }}@Example.COM:5061;lr;Transport=TLS?X-A=%C3%BC%20{{From}}&User-to-User=')
  t.match(whole, {
    scheme: 'sip',
    user: ['+49', { name: 'wild' }],
    password: null,
    host: 'example.com',
    port: 5061,
    parameters: [
      ['lr', null],
      ['Transport', 'TLS'],
    ],
    headers: [
      { name: 'X-A', value: ['ü ', { name: 'From' }] },
      { name: 'User-to-User', value: [''] },
    ],
  })
  t.same(structuredClone(whole), whole)
})

t.test('an error says what to write instead', async (t) => {
  const cases: [text: string, code: string, help?: string][] = [
    ['', 'sip-uri', 'write sip:jack@example.com'],
    ['jack@example.com', 'sip-uri', 'write sip:jack@example.com'],
    ['{{To}}@example.com', 'sip-uri', 'write sip:{{To}}@example.com'],
    ['example.com:5060', 'sip-uri', 'write sip:example.com:5060'],
    ['sup:jack@example.com', 'sip-uri', 'write sip:jack@example.com'],
    ['sip://jack@example.com', 'sip-uri', 'write sip:jack@example.com'],
    ['<sip:jack@example.com>', 'sip-uri', 'write sip:jack@example.com'],
    ['Jack <jack@example.com>', 'sip-uri', 'write sip:jack@example.com'],
    [' sip:jack@example.com\n', 'sip-uri', 'write sip:jack@example.com'],
    ['tel:+15551230001', 'sip-uri', 'write sip:+15551230001@example.com'],
    ['+1-555-123-0001', 'sip-uri', 'write sip:+1-555-123-0001@example.com'],
    ['https://example.com', 'sip-uri', 'write sip:jack@example.com'],
    ['sip:', 'sip-uri'],
    ['sip:@example.com', 'sip-uri'],
    ['sip:jack@', 'sip-uri'],
    ['sip:jack@work@example.com', 'sip-uri', 'write %40 in the user part'],
    ['sip:jack smith@example.com', 'sip-uri', 'write %20'],
    ['sip:jürgen@example.com', 'sip-uri', 'write %C3%BC'],
    ['sip:#1@example.com', 'sip-uri', 'write %23'],
    ['sip:50%@example.com', 'sip-uri', 'write %25'],
    ['sip:%4{{To}}@example.com', 'sip-uri', 'write %25'],
    ['sip:a\ud800@example.com', 'sip-uri', 'write %EF%BF%BD'],
    ['sip:jack@münchen.example', 'sip-uri', 'write xn--mnchen-3ya.example'],
    ['sip:jack@exam ple.com', 'sip-uri'],
    ['sip:jack@192.0.2.256', 'sip-uri'],
    ['sip:jack@2001:db8::1', 'sip-uri', 'write [2001:db8::1]'],
    ['sip:jack@[fe80::1%eth0]', 'sip-uri'],
    ['sip:jack@[::1]x', 'sip-uri'],
    ['sip:jack@example.com;', 'sip-uri'],
    ['sip:jack@example.com;;lr', 'sip-uri'],
    ['sip:jack@example.com;lr=', 'sip-uri', 'write lr without "=", or with a value'],
    ['sip:jack@example.com;a=b=c', 'sip-uri', 'write %3D'],
    ['sip:jack@example.com;a"=b', 'sip-uri', 'write %22'],
    ['sip:jack@example.com;lr;%4CR', 'sip-uri'],
    ['sip:jack@example.com;%FF;%ff', 'sip-uri'],
    ['sip:jack@example.com?', 'sip-uri', 'write X-Name=value'],
    ['sip:jack@example.com?X-A', 'sip-uri', 'write X-A=value'],
    ['sip:jack@example.com?x-foo%3Dbar', 'sip-uri', 'write x-foo=bar'],
    ['sip:jack@example.com?x-a%3D1%26x-b%3d2', 'sip-uri', 'write x-a=1&x-b=2'],
    ['sip:jack@example.com%3Btransport%3Dtls', 'sip-uri', 'write example.com;transport=tls'],
    ['sip:jack@example.com%3f%ff', 'sip-uri'],
    ['sip:jack@example.com?X-A=1&amp;X-B=2', 'sip-uri', 'write &'],
    ['sip:jack@example.com?X-A=1&#x26;X-B=2', 'sip-uri', 'write &'],
    ['sip:jack&apos;s@example.com', 'sip-uri', "write '"],
    ['sip:jack@example.com?X-A=&lt;1&gt;', 'sip-uri', 'write %3C'],
    ['sip:jack@example.com?X-A=a=b', 'sip-uri', 'write %3D'],
    ['sip:jack@example.com?X"A=1', 'sip-uri', 'write %22'],
    ['sip:jack@example.com?=1', 'sip-header-name'],
    ['sip:jack@example.com?X%20A=1', 'sip-header-name'],
    ['sip:jack@example.com?x-twilio-callsid=1', 'sip-header-name'],
    ['sip:jack@example.com?X-%FF=1', 'sip-header-value'],
    ['sip:jack@example.com?X-A=%C3{{To}}', 'sip-header-value'],
    ['sip:jack@example.com?X-A=1%0D%0AX-B:2', 'sip-header-value'],
    ['sip:jack@example.com:0', 'sip-port'],
    ['sip:jack@example.com:65536', 'sip-port'],
    ['sip:jack@example.com:sip', 'sip-port'],
    ['sip:jack@example.com;transport=sctp', 'sip-transport'],
    ['sip:jack@example.com;transport=tl', 'sip-transport', 'write tls'],
    ['sip:jack@example.com;transport', 'sip-transport'],
    ['sip:jack@example.com;edge', 'sip-region'],
    ['sip:jack@example.com;secure=yes', 'sip-secure'],
    ['sip:jack@example.com;secure=TRUE', 'sip-secure', 'write true'],
    ['sip:jack@example.com;region=de2', 'sip-region', 'write de1'],
    ['sip:jack@example.com;region=frankfurt', 'sip-region', 'write de1'],
    ['sip:jack@example.com;edge=de1', 'sip-region', 'write frankfurt'],
    ['sip:jack@example.com;edge=frankfrut', 'sip-region', 'write frankfurt'],
    ['sip:jack@example.com;region=de1;edge=frankfurt', 'sip-region-twice'],
    ['sip:jack@example.com;edge=frankfurt-ix;Edge=dublin', 'sip-region-twice'],
    ['sip:jack@{{wild}}', 'template-place'],
    ['sip:jack@example.com:{{wild}}', 'template-place'],
    ['sip:jack:{{wild}}@example.com', 'template-place'],
    ['sip:jack@example.com;region={{wild}}', 'template-place'],
    ['sip:jack@example.com;{{wild}}=1', 'template-place'],
    ['sip:jack@example.com?{{wild}}=1', 'template-place'],
    ['sip:{{To@example.com', 'template-syntax'],
    ['sip:{{Too}}@example.com', 'template-name', 'write {{To}}'],
    ['sip:jack@example.com?X-A={{Fron}}', 'template-name', 'write {{From}}'],
  ]
  for (const [text, code, help] of cases) {
    const { value, problems } = read(text)
    t.equal(value, undefined, text)
    t.same(
      problems.map((problem) => [problem.code, problem.help]),
      [[code, help]],
      text,
    )
  }
})

t.test('all errors of a URI are reported at once', async (t) => {
  const text = 'sips:a b:p@10.0.0.{{To}}:0;transport=x;region=y;edge=z?X-A&X-Twilio-B=1'
  t.same(codes(read(text)), [
    'sip-uri',
    'template-place',
    'sip-uri',
    'sip-header-name',
    'sip-sips',
    'sip-transport',
    'sip-region',
    'sip-region',
    'sip-region-twice',
  ])
})

t.test('a password in a URI is never shown', async (t) => {
  const texts = [
    'jack:secret@example.com',
    '<sip:jack:secret@example.com>',
    'Jack <jack:secret@example.com>',
    'sip://jack:secret@example.com',
    ' sip:jack:se@cret:secret@example.com',
    'sip:jack:sec@secret@example.com',
    'sip:jack:sec@secret{{To}}@example.com',
    'sip:jack:secret#1@exam_ple.com',
    'sip:jack:secret{{To}}@example.com:0',
    'sip:a b:secret@{{To}};region=x?X',
    'sip:jack:secret@example.com',
  ]
  for (const text of texts) t.notMatch(JSON.stringify(read(text).problems), 'secret', text)
})

t.test('a warning does not stop a URI', async (t) => {
  const cases: [text: string, ...codes: string[]][] = [
    ['sip:jack@example.com'],
    ['sip:jack@example.com;transport=TCP;secure=true;edge=sao-paulo-ix;constructor'],
    ['sips:jack@example.com', 'sip-sips'],
    ['sip:jack:pw@example.com', 'sip-password'],
    ['sip:jack:@example.com', 'sip-password'],
    ['sip:jack@acme.sip.twilio.com', 'sip-host-twilio'],
    ['sip:jack@acme.sip.us1.twilio.com.', 'sip-host-twilio'],
    ['sip:jack@sip.twilio.com'],
    ['sip:jack@example.com?x-a=1&P-Called-Party-Id=2&Subject=3', 'sip-header-dropped'],
    ['sip:jack@acme.sip.twilio.com;region=de1', 'sip-host-twilio', 'sip-region-ignored'],
    [
      'sip:jack@acme.sip.twilio.com;Edge=us1-ix',
      'sip-host-twilio',
      'sip-region-former',
      'sip-region-ignored',
    ],
    ['sip:jack@example.com;edge=san-jose', 'sip-region-former'],
    ['sip:jack@example.com;region=us1-ix', 'sip-region-former'],
    ['sip:jack@example.com;REGION=ie1-tnx', 'sip-region-former'],
    ['sip:jack@example.com;x=us1-ix'],
    ['sip:proj@sip.api.openai.com', 'sip-transport-provider'],
    ['sip:proj@sip.api.openai.com;transport=tcp', 'sip-transport-provider'],
    ['sip:proj@sip.api.openai.com;transport=TLS'],
    ['sip:proj@sip.api.openai.com;secure=true'],
    ['sips:proj@sip.api.openai.com', 'sip-sips'],
    ['sip:1@abc.sip.livekit.cloud;transport=udp', 'sip-transport-provider'],
    ['sip:1@abc.india.sip.livekit.cloud', 'sip-transport-provider'],
    ['sip:1@abc.sip.livekit.cloud;transport=tcp'],
    ['sip:1@abc.sip.livekit.cloud;transport=tls'],
    ['sip:1@sip.rtc.elevenlabs.io:5060', 'sip-transport-provider'],
    ['sip:1@sip.rtc.eu.residency.elevenlabs.io:5060;transport=tcp'],
    ['sip:1@acme.calls.webex.com:5061;transport=tls', 'sip-host-srv'],
    ['sip:1@tel.t-online.de', 'sip-host-srv'],
    ['sip:1@hotel.t-online.de'],
    ['sips:jack:pw@10.0.0.1?a=b', 'sip-password', 'sip-host-private', 'sip-header-dropped', 'sip-sips'],
  ]
  for (const [text, ...expected] of cases) {
    t.ok(read(text).value, text)
    t.same(codes(read(text)), expected, text)
  }
})

t.test('the host of a registered user holds no edge', async (t) => {
  const help = (host: string) => read(`sip:jack@${host}`).problems[0]?.help
  t.match(help('acme.sip.dublin.twilio.com'), /leave the region or edge out/)
  t.equal(help('acme.sip.us1.twilio.com'), undefined)
  t.equal(help('acme.sip.twilio.com'), undefined)
})

t.test('a host that Twilio cannot reach is a warning', async (t) => {
  const unreachable = [
    '0.0.0.0',
    '10.255.0.1',
    '100.64.0.1',
    '127.0.0.53',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '[::]',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[fd00::1]',
    '[fe80::1]',
    'localhost',
    'LocalHost.',
    'pbx.localhost',
    'pbx.local',
    'pbx.internal',
    'pbx.home.arpa',
  ]
  const reachable = [
    '172.15.0.1',
    '172.32.0.1',
    '192.0.2.1',
    '[2001:db8::1]',
    'mylocalhost',
    'local.example.com',
  ]
  for (const host of unreachable) t.same(codes(read(`sip:${host}`)), ['sip-host-private'], host)
  for (const host of reachable) t.same(codes(read(`sip:${host}`)), [], host)
})

t.test('a call fills the holes of a URI', async (t) => {
  const values = { To: '+4930123456', From: 'jack@home', wild: '' }
  const cases = [
    ['sip:{{To}}@example.com', 'sip:+4930123456@example.com'],
    ['sip:0{{To}}-{{From}}@example.com:5061', 'sip:0+4930123456-jack%40home@example.com:5061'],
    ['sip:%6aack;x@example.com', 'sip:%6aack;x@example.com'],
    ['sip:{{wild}}@example.com;lr', 'sip:example.com;lr'],
    ['sip:{{wild}}:pw@example.com;lr', 'sip:example.com;lr'],
    ['sip:{{To}}:pw@example.com', 'sip:+4930123456:pw@example.com'],
    ['sip:example.com?X-A={{wild}}&X-B={{From}}', 'sip:example.com?X-A=&X-B=jack%40home'],
    [
      "sip:example.com?X-A='{{To}}'&User-to-User=%41",
      'sip:example.com?X-A=%27%2B4930123456%27&User-to-User=A',
    ],
  ] as const
  for (const [text, filled] of cases) t.same(fill(text, values), { text: filled, dropped: [] }, text)
})

t.test('each ASCII character but the plain ones is encoded, a control character as a space', async (t) => {
  for (let code = 0; code < 128; code += 1) {
    const [sign, isControl] = [String.fromCharCode(code), code < 32 || code === 127]
    const hex = (isControl ? ' ' : sign).charCodeAt(0).toString(16).toUpperCase()
    const plain = /[A-Za-z0-9_.-]/.test(sign)
    const values = { To: sign, From: sign, wild: '' }
    const encoded = plain ? sign : `%${hex}`
    t.equal(
      textOf(uri('sip:1{{To}}@example.com?X-A={{From}}'), values),
      `sip:1${sign === '+' ? sign : encoded}@example.com?X-A=${encoded}`,
      `${code}`,
    )
  }
})

/** What a caller may send: any UTF-16, lone surrogates included, and what means something in a URI oftener. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...';?&@<>"%:=,+*/\\ \r\n\0\x7f\ud800\udc00'.split('')),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((units) => units.join(''))

t.test('no value adds a part to a URI', async () => {
  const template = uri('sip:{{To}}@example.com:5061;transport=tls;lr?X-A={{From}}&X-B=1{{wild}}2')
  const harmless = textOf(template, { To: 'to', From: 'from', wild: 'wild' })
  const parts = ORACLES.map(([, readBy]) => readBy(harmless))
  const values = fc.record({ To: hostileText, From: hostileText, wild: hostileText })
  fc.assert(
    fc.property(values, (hostile) => {
      // a lone surrogate, which is no character, arrives as U+FFFD, and a control character as a space
      const [user, from, wild] = Object.values(hostile).map((value) =>
        Buffer.from(value.replace(/\p{Cc}/gu, (control) => (control < '\x80' ? ' ' : control))).toString(),
      )
      const headers = { 'X-A': [from], 'X-B': [`1${wild}2`] }
      const text = textOf(template, hostile)
      ORACLES.forEach(([, readBy], index) => {
        assert.deepEqual(readBy(text), { ...parts[index], user, headers })
      })
    }),
    { numRuns: cases(100) },
  )
})

t.test('a URI of 255 characters is refused', async (t) => {
  const long = (length: number) => `sip:${'a'.repeat(length - 'sip:@example.com'.length)}@example.com`
  t.equal(textOf(`${long(254)}?X-A=1`).length, 254 + '?X-A=1'.length)
  t.same(codes(read(long(255))), ['sip-uri-length'])
  t.same(fill('sip:{{To}}@example.com', { To: 'é'.repeat(40) }), {
    unfit: 'the SIP URI has 256 characters; Twilio takes fewer than 255',
  })
})

t.test('a header without room is left out', async (t) => {
  const template = 'sip:example.com?X-A={{From}}&X-B={{To}}&X-C=3'
  const room = 1023 - 'X-A=&X-B=&X-C=3'.length
  const fitting = { From: 'a'.repeat(room), To: '' }
  t.same(fill(template, fitting), { text: `sip:example.com?X-A=${fitting.From}&X-B=&X-C=3`, dropped: [] })
  t.match(fill(template, { ...fitting, To: 'b' }), { dropped: ['X-C'] })
  t.same(fill(template, { From: 'a'.repeat(1020), To: 'b' }), {
    text: 'sip:example.com?X-B=b&X-C=3',
    dropped: ['X-A'],
  })
})

t.test('headers of 1024 characters are refused', async (t) => {
  const value = 'a'.repeat(1023 - 'X-A='.length)
  t.ok(read(`sip:example.com?X-A=${value}`).value)
  t.match(read(`sip:example.com?X-A=${value}a&X-B=1`).problems, [
    { code: 'sip-header-length', message: /^with X-A the headers/ },
  ])
  t.same(codes(withHeaders(uri('sip:a.com?X-B=1'), [must(header('X-A', value))])), ['sip-header-length'])
})

t.test('a parameter is added after the written ones', async (t) => {
  const written = uri('sip:{{To}}@example.com;transport=tls?X-A=1')
  const expected = 'sip:1@example.com;transport=tls;region=de1?X-A=1'
  t.equal(textOf(must(withParameter(written, 'region', 'de1')), { To: '1' }), expected)
  t.equal(textOf(must(withParameter(uri('sip:a.com'), 'lr', null))), 'sip:a.com;lr')
})

t.test('a region has its current name in the call', async (t) => {
  const place = (text: string) => textOf(uri(text), {}).split(';').at(-1)
  t.equal(place('sip:a.com;edge=san-jose'), 'edge=umatilla')
  t.equal(place('sip:a.com;region=us1-ix'), 'edge=ashburn-ix')
  t.equal(
    textOf(must(withParameter(uri('sip:a.com'), 'region', 'us2-tnx')), {}),
    'sip:a.com;edge=san-jose-ix',
  )
  for (const edge of FORMER_EDGES.values()) t.ok(EDGES.includes(edge), edge)
})

t.test('an added parameter is checked like a written one', async (t) => {
  const written = uri('sip:jack@example.com;region=de1')
  t.same(codes(withParameter(written, 'edge', 'frankfurt')), ['sip-region-twice'])
  t.same(codes(withParameter(uri('sip:a.com'), 'region', 'eu')), ['sip-region'])
  t.same(codes(withParameter(uri('sip:a.com'), 'region', 'us1-ix')), ['sip-region-former'])
  t.same(codes(withParameter(uri('sip:a.sip.twilio.com'), 'edge', 'dublin')), ['sip-region-ignored'])
  t.same(codes(withParameter(uri('sip:a.com;region=us1-ix'), 'edge', 'dublin')), ['sip-region-twice'])
  t.same(codes(withParameter(uri('sip:a.com'), 'x', 'a;b')), ['sip-uri'])
  t.same(codes(withParameter(uri('sip:a.com'), 'x', 'a'.repeat(250))), ['sip-uri-length'])
})

t.test('headers of a config join those written', async (t) => {
  const added = [must(header('X-B', 'a&b={{From}}')), must(header('X-50%', '')), must(header('X-C', 'ü'))]
  const whole = must(withHeaders(uri('sip:a.com?X-A=1'), added))
  t.equal(textOf(whole, { From: '+49' }), 'sip:a.com?X-A=1&X-B=a%26b%3D%2B49&X-50%25=&X-C=%C3%BC')
})

t.test('a header of a config is checked', async (t) => {
  const cases: [name: string, value: string, ...codes: string[]][] = [
    ['X-Tenant', 'acme\t{{From}}'],
    ['user-to-user', '1'],
    ['Remote-Party-ID', '1'],
    ['P-Preferred-Identity', '1'],
    ['Subject', '1', 'sip-header-dropped'],
    ['', '1', 'sip-header-name'],
    ['X-Ten ant', '1', 'sip-header-name'],
    ['X-Ténant', '1', 'sip-header-name'],
    ['x-TWILIO', '1', 'sip-header-name'],
    ['X-A', 'one\ntwo', 'sip-header-value'],
    ['X-A', '{{}}', 'template-syntax'],
    ['X:A', '{{Fron}}', 'sip-header-name', 'template-name'],
  ]
  for (const [name, value, ...expected] of cases)
    t.same(codes(header(name, value)), expected, `${name}: ${value}`)
})

t.test('one destination has one address', async (t) => {
  const cases = [
    ['SIPS:Jack:pw@Example.COM:5061;lr?X-A=1', 'jack@example.com:5061'],
    ['sip:0{{ To }}@example.com', '0{{to}}@example.com'],
    ['sip:[2001:DB8::1]', '[2001:db8::1]'],
  ] as const
  for (const [text, address] of cases) t.equal(addressOf(uri(text)), address)
})

t.test('the addresses that Twilio sends are read', async (t) => {
  const cases: [text: string, user: string, host: string][] = [
    ['sip:100@acme.sip.us1.twilio.com:5060;transport=udp', '100', 'acme.sip.us1.twilio.com'],
    ['SIPS:+15551230001@Acme.SIP.twilio.com', '+15551230001', 'acme.sip.twilio.com'],
    ['<sip:100@example.com>', '100', 'example.com'],
    ['  "Smith, \\"J\\" <j>" <sip:j.smith@example.com;lr>;tag=1', 'j.smith', 'example.com'],
    ['Jack <sip:jack@example.com', 'jack', 'example.com'],
    ['sip:example.com', '', 'example.com'],
    ['sip:j%C3%BCrgen%40home:pw@example.com', 'jürgen@home', 'example.com'],
    ['sip:50%@example.com', '50%', 'example.com'],
    ['sip:alice;day=tuesday@example.com?Replaces=1@192.0.2.1', 'alice;day=tuesday', 'example.com'],
    ['sip:jack@[2001:DB8::1]:5060', 'jack', '[2001:db8::1]'],
  ]
  for (const [text, user, host] of cases) t.same(parseSipAddress(text), { user, host }, text)
})

t.test('a text that is not a SIP address is undefined', async (t) => {
  const texts = [
    '',
    '+15551230001',
    'anonymous',
    'client:jack',
    '<tel:+15551230001>',
    'sip:',
    'sip:jack@',
    '<>',
  ]
  for (const text of texts) t.equal(parseSipAddress(text), undefined, text)
})

t.test('no text makes a parser throw', async () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, almostUri), (text) => {
      parseSipAddress(text)
      parseSipAddress(`sip:${text}`)
      read(text)
      read(`sip:{{To}}@a.com?X-A=${text}`)
    }),
  )
})
