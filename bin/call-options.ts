import type { ParseArgsConfig } from 'node:util'
import { ownShape } from '../src/outbound/call-request.js'
import type { Attribute } from '../src/twilio/attributes.js'
import { CALL_PARAMETERS } from '../src/twilio/call-parameters.js'

type Option = NonNullable<ParseArgsConfig['options']>[string]

const PARAMETERS = new Map(CALL_PARAMETERS.map((parameter) => [parameter.name, parameter]))

const KEYS = [...Object.keys(ownShape), ...PARAMETERS.keys()].filter((key) => key !== 'headers')

/** `statusCallbackEvent` as an option is `--status-callback-event`. */
function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function isFlag(key: string): boolean {
  return key === 'secure' || PARAMETERS.get(key)?.kind === 'bool'
}

function isList(key: string): boolean {
  return key === 'dial' || PARAMETERS.get(key)?.kind === 'list'
}

function optionOf(key: string): Option {
  return isFlag(key) ? { type: 'boolean' } : { type: 'string', multiple: isList(key) }
}

/** Every key of a request for a call as an option; headers are given one by one. */
export const CALL_OPTIONS: Readonly<Record<string, Option>> = {
  ...Object.fromEntries(KEYS.map((key) => [optionName(key), optionOf(key)])),
  header: { type: 'string', multiple: true },
}

/** A request for a call, and what is wrong with how its options are written. */
interface WrittenRequest {
  readonly request: Record<string, unknown>
  readonly mistakes: readonly string[]
}

/** The request that the options describe; what is wrong with its values is found as in any other request. */
export function requestOf(values: Readonly<Record<string, unknown>>): WrittenRequest {
  const given = KEYS.filter((key) => values[optionName(key)] !== undefined)
  const request = Object.fromEntries(given.map((key) => [key, values[optionName(key)]]))
  const texts = values.header as string[] | undefined
  if (!texts) return { request, mistakes: [] }
  const { headers, mistakes } = headersOf(texts)
  return { request: { ...request, headers }, mistakes }
}

/** `NAME=VALUE` by name. A name that comes twice is refused here, since a map would hold it once. */
function headersOf(texts: readonly string[]): { headers: Record<string, string>; mistakes: string[] } {
  const headers: Record<string, string> = {}
  const mistakes: string[] = []
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === undefined) mistakes.push(`--header takes NAME=VALUE, not "${text}"`)
    else if (Object.hasOwn(headers, name)) mistakes.push(`--header ${name} is given twice`)
    else headers[name] = value!
  }
  return { headers, mistakes }
}

/** The options by topic; those in no group go into the last one. */
const GROUPS: readonly (readonly [title: string, keys: readonly string[]])[] = [
  ['Who is called', ['to', 'from', 'account', 'header', 'transport', 'region', 'edge', 'secure']],
  ['When it is answered, one of', ['dial', 'route', 'url', 'twiml', 'applicationSid']],
  ['Who signs in at the SIP side', ['sipAuthUsername', 'sipAuthPassword']],
  ['How long', ['timeout', 'timeLimit']],
  ['Progress', ['statusCallback', 'statusCallbackEvent', 'statusCallbackMethod']],
  ['Recording', KEYS.filter((key) => /^(record|trim)/.test(key))],
  ['Answering machines', KEYS.filter((key) => /^(machineDetection|asyncAmd)/.test(key))],
]

/** The options for the help text, in groups, each with what it means. */
export function optionLines(): string {
  const grouped = GROUPS.flatMap(([, keys]) => keys)
  const rest = KEYS.filter((key) => !grouped.includes(key))
  return [...GROUPS, ['Other', rest] as const].map(groupLines).join('\n\n')
}

function groupLines([title, keys]: (typeof GROUPS)[number]): string {
  return [`${title}:`, ...keys.map((key) => `  ${usage(key)}\n${wrap(meaning(key), 6)}`)].join('\n')
}

function usage(key: string): string {
  if (key === 'header') return '--header NAME=VALUE …'
  const name = `--${optionName(key)}`
  if (isFlag(key)) return name
  return `${name} ${PLACEHOLDERS[PARAMETERS.get(key)?.kind ?? 'text']}${isList(key) ? ' …' : ''}`
}

const PLACEHOLDERS: Readonly<Partial<Record<Attribute['kind'], string>>> = {
  int: 'N',
  url: 'URL',
  enum: 'WORD',
  list: 'WORD',
  text: 'TEXT',
}

function meaning(key: string): string {
  if (key === 'header') return 'A SIP header of the INVITE, not percent-encoded.'
  const parameter = PARAMETERS.get(key)
  if (!parameter) return ownShape[key as keyof typeof ownShape].description!
  const { says, values, default: byDefault } = parameter
  const words = values ? ` One of ${values.join(', ')}.` : ''
  const usual = byDefault === undefined || isFlag(key) ? '' : ` Default: ${byDefault}.`
  return says + words + usual
}

/** The width of a terminal that every help text fits. */
const TERMINAL_WIDTH = 80

/** Words in lines that fit a terminal, each indented by so many blanks. */
function wrap(text: string, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= TERMINAL_WIDTH - indent) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n')
}
