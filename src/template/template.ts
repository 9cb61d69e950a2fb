import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'

/** A place in a template that a value of the call fills: `{{To}}`. */
interface Hole {
  readonly name: string
}

/** A text in parts, literals and holes alternating. A text without holes is a single string. */
export type Template = readonly (string | Hole)[]

/** Whether the text differs from call to call. */
export function hasHoles(template: Template): boolean {
  return template.some((part) => typeof part !== 'string')
}

/** The template as it is written: `sales-{{To.digits}}`. */
export function templateText(template: Template): string {
  return template.map((part) => (typeof part === 'string' ? part : `{{${part.name}}}`)).join('')
}

/** The same template with every literal changed by `change`; holes stay. */
export function mapLiterals(template: Template, change: (literal: string) => string): Template {
  return template.map((part) => (typeof part === 'string' ? change(part) : part))
}

/** No `{{` inside: of two beginnings, the first is the one that is not closed. */
const HOLE = /\{\{((?:(?!\{\{).)*?)\}\}/s

/**
 * Takes a text such as `{{To.digits}}-{{ wild }}` apart. Every error is reported, not only the first.
 * `known` says which names a call can fill; `suggestions` are the names offered for a mistyped one.
 * Errors: `template-syntax`, `template-name`.
 */
export function parseTemplate(
  text: string,
  known: (name: string) => boolean,
  suggestions: readonly string[] = [],
): Parsed<Template> {
  if (!text.includes('{{')) return parsed([text])
  // split with a group gives literals at even places, the names between them at odd places
  const parts = text.split(HOLE).map((piece, place) => (place % 2 === 0 ? piece : { name: piece.trim() }))
  const problems = parts.flatMap((part) => problemOf(part) ?? [])
  return problems.length === 0 ? parsed(parts.filter((part) => part !== '')) : unparsed(...problems)

  function problemOf(part: string | Hole): Problem | undefined {
    if (typeof part === 'string') return part.includes('{{') ? unclosed(part) : undefined
    if (known(part.name)) return undefined
    return part.name === '' ? empty() : unknown(part.name, suggestions)
  }
}

function unclosed(literal: string): Problem {
  const found = literal.slice(literal.indexOf('{{'))
  return { code: 'template-syntax', message: `"${found}" is not closed by "}}"`, expected: '{{To}}', found }
}

function empty(): Problem {
  return {
    code: 'template-syntax',
    message: 'nothing is between "{{" and "}}"',
    expected: '{{To}}',
    found: '{{}}',
  }
}

function unknown(name: string, suggestions: readonly string[]): Problem {
  const near = suggest(name, suggestions)
  const message = `no value of a call is called "${name}"`
  const found = `{{${name}}}`
  if (near === undefined) return { code: 'template-name', message, found }
  return { code: 'template-name', message: message + didYouMean(near), found, help: `write {{${near}}}` }
}

/** The values of one call by their names; the empty string for what the call does not have. */
export type Values = (name: string) => string

/**
 * The text for one call: literals as they are, each hole's value escaped for the place where it is. Without
 * `escapeValue` the values are as they are as well: what goes into XML is escaped where the document is written.
 */
export function fillTemplate(
  template: Template,
  values: Values,
  escapeValue: (value: string) => string = asItIs,
): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : escapeValue(values(part.name))
  return text
}

function asItIs(value: string): string {
  return value
}
