import { createRequire } from 'node:module'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
const TAIL = '</Response>'

/** The document that does nothing: the call ends, or a screened call is put through. */
export const EMPTY_TWIML = `${HEAD}${TAIL}`

/** When nothing else can be said any more: valid, and the caller hears that the call failed. */
export const REJECT_TWIML = `${HEAD}<Reject/>${TAIL}`

/** Twilio refuses documents of 64 kB and more (error 11750). */
const MOST_BYTES = 64 * 1024 - 1

/** The document of these elements. Throws when it would be longer than Twilio takes. */
export function twimlDocument(elements: string): string {
  const xml = HEAD + elements + TAIL
  if (xml.length * 3 > MOST_BYTES && Buffer.byteLength(xml) > MOST_BYTES) {
    throw new RangeError(`the TwiML has ${Buffer.byteLength(xml)} bytes; Twilio takes ${MOST_BYTES}`)
  }
  return xml
}

/**
 * An element written once, with holes for what differs from call to call: literals at even places, names of holes
 * at odd ones. Building XML costs about 70 µs, filling a skeleton well under one (docs/performance.md).
 */
export type Skeleton = readonly string[]

/** What a skeleton is built of; attributes and content may hold holes. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content?: string
}

/** From Unicode's private use area, so that no text in a config can be taken for a hole. */
const MARK = '\uE000'

/** The place in an attribute, or the content of an element, of a value that is filled in later. */
export function hole(name: string): string {
  return MARK + name + MARK
}

type XmlBuilder = typeof import('xmlbuilder2')

const require = createRequire(import.meta.url)

/**
 * What builds XML. It takes 60 ms to load, and a command such as `check` writes none: so it is loaded when first asked for.
 */
export function xmlBuilder(): XmlBuilder {
  return require('xmlbuilder2') as XmlBuilder
}

/** Builds `<name attributes…>content</name>`. */
export function skeleton({ name, attributes, content = '' }: Element): Skeleton {
  const element = xmlBuilder().fragment().ele(name, attributes)
  if (content !== '') element.txt(content)
  return element.up().toString().split(MARK)
}

/** The text of a skeleton; the values are written as they are, so they must be escaped. */
export function fill(parts: Skeleton, values: Readonly<Record<string, string>>): string {
  let text = parts[0]!
  for (let at = 1; at < parts.length; at += 2) text += values[parts[at]!]! + parts[at + 1]!
  return text
}

const INDENT = '  '

/** XML as dialsip writes it, for people: each element that holds others gets lines of its own. */
export function indentXml(xml: string): string {
  let depth = 0
  return xml
    .split(/(?<=>)(?=<)/)
    .map((piece) => {
      const closes = piece.startsWith('</')
      if (closes) depth -= 1
      const line = INDENT.repeat(depth) + piece
      if (!closes && !piece.startsWith('<?') && !piece.endsWith('/>') && !piece.includes('</')) depth += 1
      return line
    })
    .join('\n')
}
