import { DOMParser, type Element, ParseError } from '@xmldom/xmldom'
import { withoutPasswords } from '../sip/passwords.js'
import {
  type Attribute,
  DIAL_ATTRIBUTES,
  NUMBER_ATTRIBUTES,
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  REJECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
  SIP_ATTRIBUTES,
} from '../twilio/attributes.js'
import { endpointName, endpointUri, shown, templated, webhookName, withoutSecrets } from './destinations.js'
import { type Draft, plainText, type Written, type WrittenBody } from './draft.js'

/** A TwiML document in the words of the config language. */
export interface TakenTwiml {
  readonly body: WrittenBody
  /** What the document does and the config will not do: a person must decide. */
  readonly lost: readonly string[]
  /** Differences in small things. */
  readonly notes: readonly string[]
}

/** What a document is read with. */
export interface TwimlSource {
  readonly draft: Draft
  /** Relative URLs in it are meant from here; undefined for a file. */
  readonly base: string | undefined
  /** Where it is from, for comments. */
  readonly where: string
}

interface TwimlReading extends TwimlSource {
  readonly lost: string[]
  readonly notes: string[]
}

/** A part of a body that is one verb. */
type Verb = readonly [name: string, value: Written]

/** The verbs that one map may hold, in the order in which they run. */
const ORDER = ['pause', 'say', 'play', 'record', 'redirect', 'reject', 'hangup']
const ENDS = ['redirect', 'reject', 'hangup']

/** Reads a document as `<Dial>`, `<Say>` … in Twilio's words; what it does not know is said to be lost. */
export function readTwiml(xml: string, source: TwimlSource): TakenTwiml {
  const reading: TwimlReading = { ...source, lost: [], notes: [] }
  const root = rootOf(xml, reading)
  const list = bodiesOf(root ? elementsIn(root) : [], reading)
  return { body: oneBody(list), lost: reading.lost, notes: [...new Set(reading.notes)] }
}

function rootOf(xml: string, { lost }: TwimlReading): Element | undefined {
  try {
    const { documentElement } = new DOMParser({ onError: fatal }).parseFromString(xml, 'text/xml')
    if (documentElement!.nodeName === 'Response') return documentElement!
    lost.push(`its root is <${documentElement!.nodeName}>, not <Response>`)
  } catch {
    lost.push('it is not well-formed XML')
  }
}

function fatal(level: string, message: string): void {
  if (level !== 'warning') throw new ParseError(message)
}

function elementsIn(element: Element): Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE)
}

/** What a list of verbs does. What follows a dial is its `otherwise`, and nothing follows what ends a call. */
function bodiesOf(elements: readonly Element[], reading: TwimlReading): WrittenBody[] {
  const verbs: Verb[] = []
  for (const [at, element] of elements.entries()) {
    const rest = elements.slice(at + 1)
    if (element.nodeName === 'Dial') return [...merged(verbs), dialOf(element, rest, reading)]
    const verb = verbOf(element, reading)
    if (verb) verbs.push(verb)
    if (!verb || !ENDS.includes(verb[0])) continue
    if (rest.length > 0) reading.notes.push(`what follows <${element.nodeName}> is never run and left out`)
    break
  }
  return verbs.length > 0 ? merged(verbs) : [{ hangup: true }]
}

function oneBody(list: readonly WrittenBody[]): WrittenBody {
  return list.length === 1 ? list[0]! : { action: list }
}

/** Several verbs are in one map as long as they run in the order of the language. */
function merged(verbs: readonly Verb[]): WrittenBody[] {
  const maps: Record<string, Written>[] = []
  let last = ORDER.length
  for (const [name, value] of verbs) {
    const place = ORDER.indexOf(name)
    if (place <= last) maps.push({})
    maps.at(-1)![name] = value
    last = place
  }
  return maps
}

const VERBS: Readonly<Record<string, (element: Element, reading: TwimlReading) => Verb>> = {
  Say: (element, reading) => [
    'say',
    withText('text', templated(plainText(textOf(element, reading))), element, SAY_ATTRIBUTES, reading),
  ],
  Play: (element, reading) => [
    'play',
    withText('url', urlOf(element, reading), element, PLAY_ATTRIBUTES, reading),
  ],
  Pause: (element, reading) => [
    'pause',
    attributesIn(element, [{ name: 'length', kind: 'int' }], reading).length ?? 1,
  ],
  Record: (element, reading) => {
    if (!element.hasAttribute('action'))
      reading.notes.push(
        'without an `action` Twilio asks for the document again after a <Record>; here the call goes on',
      )
    const attributes = attributesIn(element, RECORD_ATTRIBUTES, reading)
    return ['record', Object.keys(attributes).length > 0 ? attributes : true]
  },
  Redirect: (element, reading) => [
    'redirect',
    withText('url', urlOf(element, reading), element, REDIRECT_ATTRIBUTES, reading),
  ],
  Reject: (element, reading) => [
    'reject',
    attributesIn(element, REJECT_ATTRIBUTES, reading).reason ?? 'rejected',
  ],
  Hangup: (element, reading) => {
    attributesIn(element, [], reading)
    return ['hangup', true]
  },
}

function verbOf(element: Element, reading: TwimlReading): Verb | undefined {
  const read = Object.hasOwn(VERBS, element.nodeName) ? VERBS[element.nodeName] : undefined
  if (!read) reading.lost.push(`<${element.nodeName}> has no counterpart in dialsip`)
  return read?.(element, reading)
}

/** The short form of a verb, or the long one when it has attributes. */
function withText(
  key: string,
  text: string,
  element: Element,
  table: readonly Attribute[],
  reading: TwimlReading,
): Written {
  const attributes = attributesIn(element, table, reading)
  if (Object.keys(attributes).length === 0) return text
  return { ...(text !== '' && { [key]: text }), ...attributes }
}

/** The attributes that the language has, by Twilio's own names. An `action` decides over the call, so it is lost. */
function attributesIn(
  element: Element,
  table: readonly Pick<Attribute, 'name' | 'kind'>[],
  reading: TwimlReading,
): Record<string, Written> {
  const found: Record<string, Written> = {}
  for (const { name, value } of [...element.attributes]) {
    const known = table.find((one) => one.name === name)
    if (known) found[name] = writtenValue(value, known.kind, reading)
    else if (name === 'action')
      reading.lost.push(`<${element.nodeName} action="${shown(value)}"> decides what follows`)
    else if (name !== 'method') reading.lost.push(`the attribute ${name} of <${element.nodeName}>`)
  }
  return found
}

function writtenValue(value: string, kind: Attribute['kind'], reading: TwimlReading): Written {
  if (kind === 'url') return templated(urlIn(value, reading))
  const text = templated(plainText(value))
  return kind === 'list' ? text.trim().split(/\s+/) : scalar(text)
}

/** Written without quotes where it reads the same: `20`, `true`. */
function scalar(text: string): Written {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : text
}

function textOf(element: Element, reading: TwimlReading): string {
  for (const child of elementsIn(element))
    reading.lost.push(`<${child.nodeName}> within <${element.nodeName}>`)
  return element.textContent!.replace(/\s+/g, ' ').trim()
}

/** An empty `<Redirect>` begins the document again. */
function urlOf(element: Element, reading: TwimlReading): string {
  const text = textOf(element, reading)
  if (text !== '') return templated(urlIn(text, reading))
  return element.nodeName === 'Redirect' ? plainText(reading.base ?? '') : ''
}

/** A URL from the document on, without the secrets that it may hold. */
function urlIn(url: string, { base, draft }: TwimlReading): string {
  const whole = base !== undefined && URL.canParse(url, base) ? new URL(url, base).href : url
  return URL.canParse(whole) ? withoutSecrets(whole, webhookName(whole), draft) : plainText(whole)
}

/** A `<Dial>`: one place, or several that ring at once. */
function dialOf(dial: Element, rest: readonly Element[], reading: TwimlReading): WrittenBody {
  const attributes = attributesIn(dial, DIAL_ATTRIBUTES, reading)
  const children = elementsIn(dial)
  const hops =
    children.length > 0
      ? children.flatMap((child) => hopOf(child, reading) ?? [])
      : numberHop(dial, {}, reading)
  if (rest.length > 0 && !rest.every(({ nodeName }) => nodeName === 'Hangup'))
    reading.notes.push(
      'what follows a <Dial> is also run after a call that was answered; here only when nobody answers',
    )
  const then = rest.length > 0 ? bodiesOf(rest, reading) : [{ hangup: true }]
  const hop: Written = hops.length > 1 ? [{ ring: hops }] : typeof hops[0] === 'string' ? hops[0] : hops
  return { dial: hop, ...attributes, otherwise: then.length === 1 ? then[0]! : then }
}

function hopOf(element: Element, reading: TwimlReading): Written[] | undefined {
  if (element.nodeName === 'Sip') return [sipEndpoint(element, reading)]
  if (element.nodeName === 'Number')
    return numberHop(element, attributesIn(element, NUMBER_ATTRIBUTES, reading), reading)
  reading.lost.push(`<${element.nodeName}> within <Dial> has no counterpart in dialsip`)
  return undefined
}

function numberHop(element: Element, attributes: WrittenBody, reading: TwimlReading): Written[] {
  const digits = templated(textOf(element, reading)).replace(/[\s().-]/g, '')
  return [{ number: digits, ...attributes }]
}

/** The name of the endpoint for a `<Sip>`; its passwords stay outside of the config. */
function sipEndpoint(element: Element, reading: TwimlReading): string {
  const { draft, where } = reading
  const text = textOf(element, reading)
  // Twilio's own examples leave the scheme out
  const uri = templated(/^[^\s:]+@/.test(text) ? `sip:${text}` : text)
  const { password, ...attributes } = attributesIn(element, SIP_ATTRIBUTES, reading)
  const name = endpointName(uri)
  const about = `password of ${withoutPasswords(uri)} in ${where}`
  const secret = password !== undefined && {
    password: draft.secret(`${name}_SIP_PASSWORD`, about, element.getAttribute('password')!),
  }
  return draft.endpoint(name, { uri: endpointUri(uri, draft), ...attributes, ...secret }, where)
}
