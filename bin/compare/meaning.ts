import {
  type Attribute,
  DIAL_ATTRIBUTES,
  NUMBER_ATTRIBUTES,
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REJECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
  SIP_ATTRIBUTES,
} from '../../src/twilio/attributes.js'
import type { TwimlVerb } from '../play/twiml.js'

/** What an element of TwiML means, however it is written. */
export interface Meaning {
  readonly name: string
  /** With Twilio's defaults, by name. */
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly nouns: readonly Meaning[]
}

const PAUSE: readonly Attribute[] = [{ name: 'length', kind: 'int', default: 1, says: '' }]

const TABLES: Readonly<Record<string, readonly Attribute[]>> = {
  Dial: DIAL_ATTRIBUTES,
  Sip: SIP_ATTRIBUTES,
  Number: NUMBER_ATTRIBUTES,
  Say: SAY_ATTRIBUTES,
  Play: PLAY_ATTRIBUTES,
  Record: RECORD_ATTRIBUTES,
  Reject: REJECT_ATTRIBUTES,
  Pause: PAUSE,
}

/**
 * URLs that Twilio asks next, which are followed, and callbacks, which no caller hears. They differ from server to
 * server, so they are not compared.
 */
const WHERE_TO = /^(?:action|method|url|referUrl|referMethod)$|Callback/

/** The older words of `record`. */
const OLDER: Readonly<Record<string, string>> = { true: 'record-from-answer', false: 'do-not-record' }

/** Verbs and nouns that a config has words for. */
const KNOWN = [...Object.keys(TABLES), 'Redirect', 'Hangup']

/** The first verb or noun that no config can say, such as `Gather` or `Conference`. */
export function unknownIn({ name, nouns }: TwimlVerb): string | undefined {
  if (!KNOWN.includes(name)) return name
  return name === 'Dial' ? nouns.find((noun) => !['Sip', 'Number'].includes(noun.name))?.name : undefined
}

/**
 * What an element means in a call from `from`: attributes with their defaults and without those of `WHERE_TO`, SIP URIs
 * with parameters and headers in one order, phone numbers without punctuation. Of an element that no config can say
 * nothing is left out.
 */
export function meaningOf(verb: TwimlVerb, from: string): Meaning {
  const { name, text } = verb
  return {
    name,
    attributes: attributesOf(verb, from),
    text: textOf(name, text),
    nouns: nounsOf(verb).map((noun) => meaningOf(noun, from)),
  }
}

/** `<Dial>+49…</Dial>` is a `<Number>` in fewer words. */
function nounsOf({ name, text, nouns }: TwimlVerb): readonly TwimlVerb[] {
  if (name !== 'Dial' || text === '') return nouns
  return [{ name: 'Number', attributes: {}, text, nouns: [] }, ...nouns]
}

function attributesOf({ name, attributes }: TwimlVerb, from: string): Record<string, string> {
  const table = Object.hasOwn(TABLES, name) ? TABLES[name]! : undefined
  const meant: Record<string, string> = name === 'Dial' ? { callerId: from } : {}
  for (const { name: known, default: usual } of table ?? [])
    if (usual !== undefined && !WHERE_TO.test(known)) meant[known] = String(usual)
  for (const [key, value = ''] of Object.entries(attributes))
    if (!table || !WHERE_TO.test(key)) meant[key] = plainValue(key, value, table)
  if (name === 'Record' && meant.transcribe === 'true' && attributes.maxLength === undefined)
    meant.maxLength = '120'
  if (attributes.referUrl !== undefined) meant.referUrl = 'taken'
  return Object.fromEntries(Object.entries(meant).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function plainValue(key: string, value: string, table: readonly Attribute[] = []): string {
  if (key === 'record') return OLDER[value] ?? value
  switch (table.find(({ name }) => name === key)?.kind) {
    case 'int':
      return String(Number(value))
    case 'bool':
      return value.toLowerCase()
    case 'callerId':
      return plainNumber(value)
    default:
      return value
  }
}

function textOf(name: string, text: string): string {
  if (name === 'Dial') return ''
  if (name === 'Sip') return plainUri(text)
  return name === 'Number' ? plainNumber(text) : text.replace(/\s+/g, ' ')
}

function plainNumber(text: string): string {
  return /^[+\d][\d\s().-]*$/.test(text) ? text.replace(/[\s().-]/g, '') : text
}

/** A SIP URI by RFC 3261 §19.1.4: the order of parameters and headers says nothing, nor does the case of a host. */
function plainUri(uri: string): string {
  const [, scheme, user = '', host, parameters, headers = ''] = URI_PARTS.exec(uri) ?? []
  if (scheme === undefined) return uri
  const written = inOrder(parameters!.slice(1), ';').filter((one) => !USUAL.includes(one))
  const address = `${scheme.toLowerCase()}:${decoded(user)}${host!.toLowerCase()}`
  return (
    [address, ...written].join(';') + (headers === '' ? '' : `?${inOrder(headers.slice(1), '&').join('&')}`)
  )
}

const URI_PARTS = /^(sips?):((?:[^@?]*)@)?([^;?]*)((?:;[^?]*)?)(\?.*)?$/is

/** Twilio's own choice where nothing is said. */
const USUAL = ['transport=udp']

function inOrder(text: string, separator: string): string[] {
  const named = (pair: string) => pair.replace(/^[^=]*/, (name) => name.toLowerCase())
  return text
    .split(separator)
    .filter((pair) => pair !== '')
    .map((pair) => decoded(named(pair)))
    .sort()
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** In what two elements differ, in a few words: `<Dial timeout>`, `<Sip>`. Nothing for equal ones. */
export function differencesOf(old: Meaning | undefined, other: Meaning | undefined): string[] {
  if (!old || !other || old.name !== other.name) return [`${nameOf(old)} there, ${nameOf(other)} here`]
  const names = new Set([...Object.keys(old.attributes), ...Object.keys(other.attributes)])
  const attributes = [...names].filter((name) => old.attributes[name] !== other.attributes[name])
  const longest = Math.max(old.nouns.length, other.nouns.length)
  const nouns = Array.from({ length: longest }, (_, at) => differencesOf(old.nouns[at], other.nouns[at]))
  return [
    ...attributes.map((name) => `${name} of <${old.name}>`),
    ...(old.text === other.text ? [] : [`what <${old.name}> has`]),
    ...nouns.flat(),
  ]
}

function nameOf(meaning: Meaning | undefined): string {
  return meaning ? `<${meaning.name}>` : 'nothing'
}
