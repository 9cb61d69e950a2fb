import type { ParseArgsConfig } from 'node:util'
import { ownShape } from '../src/outbound/call-request.js'
import { CALL_PARAMETERS } from '../src/twilio/call-parameters.js'
import { UsageError } from './io.js'

type Option = NonNullable<ParseArgsConfig['options']>[string]

const LISTS = ['dial', ...CALL_PARAMETERS.filter(({ kind }) => kind === 'list').map(({ name }) => name)]
const FLAGS = ['secure', ...CALL_PARAMETERS.filter(({ kind }) => kind === 'bool').map(({ name }) => name)]

const KEYS = [...Object.keys(ownShape), ...CALL_PARAMETERS.map(({ name }) => name)].filter(
  (key) => key !== 'headers',
)

/** `statusCallbackEvent` as an option is `--status-callback-event`. */
function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function optionOf(key: string): Option {
  if (FLAGS.includes(key)) return { type: 'boolean' }
  return { type: 'string', multiple: LISTS.includes(key) }
}

/** Every key of a request for a call as an option; headers are given one by one. */
export const CALL_OPTIONS: Readonly<Record<string, Option>> = {
  ...Object.fromEntries(KEYS.map((key) => [optionName(key), optionOf(key)])),
  header: { type: 'string', multiple: true },
}

/** The request that options stand for; what is wrong with it is found as in any other request. */
export function requestOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = KEYS.filter((key) => values[optionName(key)] !== undefined)
  const request = Object.fromEntries(given.map((key) => [key, values[optionName(key)]]))
  const headers = values.header as string[] | undefined
  return headers ? { ...request, headers: headersOf(headers) } : request
}

/** `NAME=VALUE` by name. A map holds each name once, so one that comes again is refused here. */
function headersOf(texts: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === undefined) throw new UsageError(`--header takes NAME=VALUE, not "${text}"`)
    if (Object.hasOwn(headers, name)) throw new UsageError(`--header ${name} stands twice`)
    headers[name] = value!
  }
  return headers
}

/** The options for the help text, in columns. */
export function optionLines(): string {
  const names = Object.keys(CALL_OPTIONS).map((name) => `--${name}`)
  const rows: string[] = []
  for (const name of names) {
    const last = rows.at(-1)
    if (last && last.length + name.length < 100) rows[rows.length - 1] = `${last} ${name}`
    else rows.push(`  ${name}`)
  }
  return rows.join('\n')
}
