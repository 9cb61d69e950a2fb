import { type Parsed, type Problem, parsed } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import { EDGES, FORMER_EDGES, REGIONS } from '../twilio/regions.js'
import { percentDecode } from './escape.js'
import { cut, illegalCharacter, misplacedTemplate, PARAMETER } from './grammar.js'

/** A URI parameter as it is written: `['transport', 'tls']`, or `['lr', null]` for a flag. */
export type Parameter = readonly [name: string, value: string | null]

interface ParameterChoice {
  readonly code: 'sip-transport' | 'sip-secure' | 'sip-region'
  readonly values: readonly string[]
  readonly anyCase?: boolean
}

/** The parameters that Twilio reads ("TwiML <Sip>"). Every other one is for the endpoint. */
const CHOICES: ReadonlyMap<string, ParameterChoice> = new Map([
  ['transport', { code: 'sip-transport', values: ['udp', 'tcp', 'tls'], anyCase: true }],
  ['secure', { code: 'sip-secure', values: ['true', 'false'] }],
  ['region', { code: 'sip-region', values: Object.keys(REGIONS) }],
  ['edge', { code: 'sip-region', values: EDGES }],
] satisfies [string, ParameterChoice][])

/** Takes `lr;transport=tls` apart, null being no parameters at all. Nothing is checked. */
export function splitParameters(text: string | null): Parameter[] {
  return text === null ? [] : text.split(';').map((parameter) => cut(parameter, '='))
}

/** The parameter's name for comparison: RFC 3261 §19.1.4 ignores case and percent-encoding. */
function plainName([name]: Parameter): string {
  return (percentDecode(name) ?? name).toLowerCase()
}

/** The parameters with regions and edges by the names of today. Warning: `sip-region-former`. */
export function currentParameters(parameters: readonly Parameter[]): Parsed<readonly Parameter[]> {
  const read = parameters.map(currentParameter)
  return parsed(
    read.map(({ parameter }) => parameter),
    read.flatMap(({ problem }) => problem ?? []),
  )
}

function currentParameter(parameter: Parameter): { parameter: Parameter; problem?: Problem } {
  const [, value] = parameter
  const edge = isPlace(parameter) ? FORMER_EDGES.get(value ?? '') : undefined
  if (edge === undefined) return { parameter }
  const problem: Problem = {
    code: 'sip-region-former',
    message: `"${value}" is a former name; the call leaves from edge ${edge}`,
    expected: `one of ${EDGES.join(', ')}`,
    found: value!,
    help: `write ${edge} as the edge`,
  }
  return { parameter: ['edge', edge], problem }
}

/** Whether it says where a call leaves from. */
export function isPlace(parameter: Parameter): boolean {
  return ['region', 'edge'].includes(plainName(parameter))
}

/**
 * Errors of a URI's parameters by RFC 3261 §19.1.1 and Twilio's rules: `sip-uri`, `template-place`,
 * `sip-transport`, `sip-secure`, `sip-region`, `sip-region-twice`.
 */
export function parameterErrors(parameters: readonly Parameter[]): Problem[] {
  const errors = parameters.flatMap((parameter) => grammarError(parameter) ?? choiceError(parameter) ?? [])
  return [...errors, ...repetitionErrors(parameters)]
}

/** `uri-parameter = pname [ "=" pvalue ]`, each one paramchar at least (RFC 3261 §25.1). */
function grammarError([name, value]: Parameter): Problem | undefined {
  if (name === '') return { code: 'sip-uri', message: 'a ";" in the SIP URI is not followed by a parameter' }
  if (value === '') {
    const message = `parameter "${name}" has no value after "="`
    return { code: 'sip-uri', message, found: `${name}=`, help: `write ${name} without "=", or with a value` }
  }
  return pieceError(name) ?? (value === null ? undefined : pieceError(value))
}

function pieceError(text: string): Problem | undefined {
  return misplacedTemplate('a parameter', text) ?? illegalCharacter('a parameter', text, PARAMETER)
}

function choiceError(parameter: Parameter): Problem | undefined {
  const name = plainName(parameter)
  const choice = CHOICES.get(name)
  const value = parameter[1] ?? ''
  if (choice === undefined || choice.values.includes(choice.anyCase ? value.toLowerCase() : value)) {
    return undefined
  }
  const near = otherName(value, choice.values) ?? suggest(value, choice.values)
  const question = didYouMean(near)
  const expected = `one of ${choice.values.join(', ')}`
  const message = `Twilio knows no ${name} "${value}"${question}`
  return {
    code: choice.code,
    message,
    expected,
    found: value,
    ...(near !== undefined && { help: `write ${near}` }),
  }
}

/** The region of an edge, or the edge of a region: the two are easily mixed up. */
function otherName(value: string, allowed: readonly string[]): string | undefined {
  const pair = Object.entries(REGIONS).find((names) => names.includes(value))
  return pair?.find((name) => allowed.includes(name))
}

function repetitionErrors(parameters: readonly Parameter[]): Problem[] {
  const seen = new Set(['']) // a missing name is reported as such
  return parameters.flatMap((parameter) => {
    const name = plainName(parameter)
    const subject = name === 'edge' ? 'region' : name
    if (!seen.has(subject)) {
      seen.add(subject)
      return []
    }
    return subject === '' ? [] : repetition(subject, name)
  })
}

function repetition(subject: string, name: string): Problem {
  if (subject === 'region') {
    return { code: 'sip-region-twice', message: '`region` or `edge` is more than once in the SIP URI' }
  }
  return { code: 'sip-uri', message: `parameter "${name}" is more than once in the SIP URI`, found: name }
}
