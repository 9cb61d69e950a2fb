import fc from 'fast-check'
import JsSIP from 'jssip'
import { Grammar } from 'sip.js'

/** What a parser of SIP URIs makes of one: the user part decoded, password with it, header values decoded. */
export interface Reading {
  readonly scheme: string
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
  readonly parameters: Record<string, string | null>
  readonly headers: Record<string, string[]>
}

/** Two SIP stacks that parse by the grammar of RFC 3261. Undefined is a refusal. */
export const ORACLES: readonly [name: string, readBy: (text: string) => Reading | undefined][] = [
  ['jssip', readByJsSip],
  ['sip.js', readBySipJs],
]

function readByJsSip(text: string): Reading | undefined {
  try {
    const uri = JsSIP.URI.parse(text)
    return uri && reading(uri, uri._parameters, uri._headers)
  } catch {
    return undefined // it throws on a user part that is not UTF-8
  }
}

function readBySipJs(text: string): Reading | undefined {
  const uri = Grammar.URIParse(text)
  return uri && reading(uri, uri.parameters, uri.headers)
}

function reading(
  uri: { scheme: string; user?: string; host: string; port?: number },
  parameters: object,
  headers: object,
): Reading {
  const decoded = Object.entries(headers).map(([name, values]) => [name, values.map(decodeURIComponent)])
  return {
    scheme: uri.scheme,
    user: uri.user,
    host: uri.host.toLowerCase(),
    port: uri.port,
    parameters: Object.fromEntries(Object.entries(parameters)),
    headers: Object.fromEntries(decoded),
  }
}

/** A header name as both of them spell it. */
export function oracleName(header: string): string {
  return header.toLowerCase().replace(/(^|-)./g, (letter) => letter.toUpperCase())
}

const UNRESERVED = "abcxyzABCXYZ0189-_.!~*'()"
const escaped = fc.integer({ min: 0x20, max: 0x7e }).map((code) => `%${code.toString(16)}`)

function run(characters: string, minLength: number): fc.Arbitrary<string> {
  const character = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...characters) }, escaped)
  return fc.array(character, { minLength, maxLength: 10 }).map((parts) => parts.join(''))
}

function distinct(names: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  const pair = fc.tuple(names, values)
  const selector = ([name]: [string, string]) => decodeURIComponent(name).toLowerCase()
  return fc.uniqueArray(pair, { maxLength: 3, selector }).map((pairs) => pairs.map((each) => each.join('')))
}

function before(mark: string, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.option(text, { nil: '' }).map((some) => some && mark + some)
}

const user = run(`${UNRESERVED}&=+$,;?/`, 1).filter((text) => !text.startsWith('//'))
const password = before(':', run(`${UNRESERVED}&=+$,`, 1))
const userinfo = fc.oneof(
  fc.constant(''),
  fc.tuple(user, password, fc.constant('@')).map((parts) => parts.join('')),
)
// both oracles refuse `[::]`, hexpart = "::" [ hexseq ]
const ipv6 = fc
  .ipV6()
  .filter((address) => address !== '::')
  .map((address) => `[${address}]`)
const host = fc.oneof(fc.domain({ size: '-1' }), fc.ipV4(), ipv6)
const port = before(':', fc.integer({ min: 1, max: 65535 }).map(String))
const paramchars = run(`${UNRESERVED}[]/:&+$`, 1)
const parameters = distinct(
  paramchars.map((name) => `;p${name}`),
  before('=', paramchars),
)
const headers = distinct(
  fc.stringMatching(/^X-[A-Z][a-z0-9]{0,5}$/),
  run(`${UNRESERVED}[]/?:+$`, 0).map((value) => `=${value}`),
)

/** URIs as the grammar of RFC 3261 §25.1 makes them, short enough for Twilio. */
export const grammaticalUri: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('sip:', 'sips:', 'SIP:'),
    userinfo,
    host,
    port,
    parameters.map((each) => each.join('')),
    before(
      '?',
      headers.map((each) => each.join('&')),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.length < 255)

/** Texts that look much like URIs and mostly are none. */
export const almostUri: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...'ab19.-_@@@::;;==??&%+$,/!~*()[]#"<>|^`\\é ',
      ...['%41', '%C3%BC', '%FF', '[::1]', '192.0.2.4', 'example.com', 'x=y', 'X-A=1', 'transport=tls'],
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((pieces) => `sip:${pieces.join('')}`)
