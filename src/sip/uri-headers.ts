import type { Parsed, Problem } from '../errors/problem.js'
import { parsed, unparsed } from '../errors/problem.js'
import { parseTemplate } from '../template/parse.js'
import type { Template } from '../template/template.js'
import { cut } from './cut.js'
import { percentDecode } from './escape.js'
import { HEADER, illegalCharacter, misplacedTemplate } from './grammar.js'
import type { Header } from './header.js'
import { checkHeader, repeatedHeaders } from './header.js'

type Known = (name: string) => boolean

/**
 * What stands after `?`, null without one: `header *( "&" header )` (RFC 3261 §25.1). The headers that come out
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
  return { code: 'sip-uri', message, expected: 'name=value', found: name, help: `${name || 'X-Name'}=` }
}

/** The URI was encoded as a whole, as the value of a query parameter would be. */
function encodedMarks(found: string): Problem {
  const pairs = found.split(/%26/i).map((pair) => pair.replace(/%3D/i, '='))
  const help = pairs.join('&')
  const message = `the "=" between name and value of a header stands as it is, not percent-encoded; write ${help}`
  return { code: 'sip-uri', message, expected: 'name=value', found, help }
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
