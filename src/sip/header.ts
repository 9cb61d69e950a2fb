import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { mapLiterals, parseTemplate, type Template } from '../template/template.js'
import { encodeHeaderValue, percentDecode } from './escape.js'
import { cut, HEADER, illegalCharacter, misplacedTemplate, TOKEN } from './grammar.js'

/** A header that Twilio adds to the INVITE. */
export interface Header {
  readonly name: string
  /** As the endpoint will read it, without percent-encoding. */
  readonly value: Template
  /** As it is in the URI, `X-Caller={{From}}`, name and literals percent-encoded. */
  readonly pair: Template
}

/** The headers without `X-` that Twilio passes on ("TwiML <Sip>: custom headers"), lower-cased. */
const PASSED_ON = new Set(['user-to-user', 'remote-party-id', 'p-preferred-identity', 'p-called-party-id'])

/** What no SIP header value may hold (RFC 3261 §25.1, TEXT-UTF8-TRIM); a tab is white space there. */
const CONTROL = /[\x00-\x08\x0A-\x1F\x7F]/

/**
 * A header as a config gives it, its value not percent-encoded: `X-Caller: "{{From}}"`.
 * Errors: `sip-header-name`, `sip-header-value`, `template-syntax`, `template-name`.
 * Warning: `sip-header-dropped`.
 */
export function parseHeader(
  name: string,
  value: string,
  known: (name: string) => boolean,
  suggestions: readonly string[],
): Parsed<Header> {
  const template = parseTemplate(value, known, suggestions)
  if (template.value !== undefined) return checkHeader(name, template.value)
  return unparsed(...checkHeader(name, []).problems, ...template.problems)
}

/** The header of this name and decoded value, checked by RFC 3261 and by Twilio's rules. */
export function checkHeader(name: string, value: Template): Parsed<Header> {
  const error = nameError(name) ?? valueError(name, value)
  if (error !== undefined) return unparsed(error)
  // encodeURIComponent leaves only what RFC 3261 §25.1 allows in hname; a token may also hold "%", "+" and "`"
  const pair = prefixed(`${encodeURIComponent(name)}=`, mapLiterals(value, encodeHeaderValue))
  return parsed({ name, value, pair }, droppedWarning(name))
}

function prefixed(prefix: string, [first, ...rest]: Template): Template {
  if (first === undefined) return [prefix]
  return typeof first === 'string' ? [prefix + first, ...rest] : [prefix, first, ...rest]
}

function nameError(name: string): Problem | undefined {
  if (!TOKEN.test(name)) {
    const message = `${JSON.stringify(name)} is not a SIP header name`
    return { code: 'sip-header-name', message, expected: '`X-` and letters, digits and dashes', found: name }
  }
  if (!/^x-twilio/i.test(name)) return undefined
  const message = `"${name}" cannot be set: names that begin with X-Twilio are Twilio's own (error 32113)`
  return { code: 'sip-header-name', message, found: name }
}

function valueError(name: string, value: Template): Problem | undefined {
  if (!value.some((part) => typeof part === 'string' && CONTROL.test(part))) return undefined
  const message = `the value of header "${name}" holds a line break or another control character`
  return { code: 'sip-header-value', message, expected: 'a text on one line' }
}

function droppedWarning(name: string): Problem[] {
  if (/^x-/i.test(name) || PASSED_ON.has(name.toLowerCase())) return []
  const message = `Twilio silently drops header "${name}", because its name does not begin with X-`
  return [{ code: 'sip-header-dropped', message, found: name, help: `write X-${name}` }]
}

/**
 * Warns of each header whose name one before it has: names are the same in capitals and small letters (RFC 3261
 * §7.3.1). `before` are headers that were looked at already.
 */
export function repeatedHeaders(headers: readonly Header[], before: readonly Header[] = []): Problem[] {
  const seen = new Map(before.map(({ name }) => [name.toLowerCase(), name]))
  return headers.flatMap(({ name }) => {
    const earlier = seen.get(name.toLowerCase())
    if (earlier !== undefined) return headerTwice(name, earlier)
    seen.set(name.toLowerCase(), name)
    return []
  })
}

function headerTwice(found: string, earlier: string): Problem {
  const as = found === earlier ? '' : `, the other time as "${earlier}"`
  return {
    code: 'sip-header-twice',
    message: `header "${found}" is there twice${as}; which of the two counts is up to the receiver`,
    expected: 'each header once',
    found,
    help: 'remove one of the two',
  }
}

type Known = (name: string) => boolean

/**
 * What is after `?`, null without one: `header *( "&" header )` (RFC 3261 §25.1). The headers that come out
 * have their names and values percent-decoded.
 */
export function parseUriHeaders(
  text: string | null,
  known: Known,
  suggestions: readonly string[],
): Parsed<readonly Header[]> {
  if (text === null) return parsed([])
  const headers = text.split('&').map((header) => parseUriHeader(header, known, suggestions))
  const problems = headers.flatMap((header) => header.problems)
  const values = headers.flatMap((header) => header.value ?? [])
  if (values.length < headers.length) return unparsed(...problems)
  return parsed(values, [...problems, ...repeatedHeaders(values)])
}

/** `header = hname "=" hvalue`; the value may be empty, the `=` may not be missing. */
function parseUriHeader(text: string, known: Known, suggestions: readonly string[]): Parsed<Header> {
  const [name, valueText] = cut(text, '=')
  if (valueText === null) return unparsed(withoutValue(name))
  const value = parseTemplate(valueText, known, suggestions)
  if (value.value === undefined) return unparsed(...value.problems)
  const error = misplacedTemplate('a header name', name) ?? illegalLiteral([name, ...value.value])
  return error === undefined ? decodeHeader(name, value.value) : unparsed(error)
}

function withoutValue(name: string): Problem {
  if (/%3D/i.test(name)) return encodedMarks(name)
  const message = `a header of a SIP URI is written name=value, not "${name}"`
  return {
    code: 'sip-uri',
    message,
    expected: 'name=value',
    found: name,
    help: `write ${name || 'X-Name'}=value`,
  }
}

/** The URI was encoded as a whole, as the value of a query parameter would be. */
function encodedMarks(found: string): Problem {
  const pairs = found.split(/%26/i).map((pair) => pair.replace(/%3D/i, '='))
  const plain = pairs.join('&')
  const message = `the "=" between name and value of a header is written as it is, not percent-encoded; write ${plain}`
  return { code: 'sip-uri', message, expected: 'name=value', found, help: `write ${plain}` }
}

function illegalLiteral(template: Template): Problem | undefined {
  for (const part of template) {
    const error = typeof part === 'string' ? illegalCharacter('a header', part, HEADER) : undefined
    if (error !== undefined) return error
  }
  return undefined
}

function decodeHeader(encodedName: string, encodedValue: Template): Parsed<Header> {
  const name = percentDecode(encodedName)
  const value = encodedValue.map((part) => (typeof part === 'string' ? percentDecode(part) : part))
  if (name !== undefined && value.every((part) => part !== undefined)) return checkHeader(name, value)
  const message = `header "${encodedName}" is not UTF-8, percent-encoded`
  return unparsed({ code: 'sip-header-value', message })
}
