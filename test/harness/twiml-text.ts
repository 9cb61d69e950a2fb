import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

/** Longer than this, an element's attributes get a line each. */
const LINE = 100

/** TwiML for people: a level of indentation an element, a line for each attribute where they are many. */
export function prettyTwiml(twiml: string): string {
  return pretty(rootOf(twiml), '')
}

export function rootOf(twiml: string): Element {
  return new DOMParser({ onError: fail }).parseFromString(twiml, 'text/xml').documentElement!
}

function fail(level: string, message: string): never {
  throw new Error(`${level}: ${message}`)
}

/** The first value that an attribute of this name has in a document. */
export function attributeOf(twiml: string, name: string): string {
  const found = [...rootOf(twiml).getElementsByTagName('*')].find((element) => element.hasAttribute(name))
  if (!found) throw new Error(`no element has the attribute ${name}: ${twiml}`)
  return found.getAttribute(name)!
}

export function elementsOf(parent: Node): Element[] {
  return [...parent.childNodes].filter((node): node is Element => node.nodeType === 1)
}

function pretty(element: Element, indent: string): string {
  const attributes = [...element.attributes].map(({ name, value }) => `${name}="${escaped(value)}"`)
  const line = [`<${element.tagName}`, ...attributes].join(' ')
  const start =
    line.length + indent.length <= LINE
      ? indent + line
      : `${indent}<${[element.tagName, ...attributes].join(`\n${indent}    `)}`
  const children = elementsOf(element)
  const end = `</${element.tagName}>\n`
  if (children.length > 0)
    return `${start}>\n${children.map((child) => pretty(child, `${indent}  `)).join('')}${indent}${end}`
  const text = escaped(element.textContent ?? '')
  return text === '' ? `${start}/>\n` : `${start}>${text}${end}`
}

/** As in XML, so that the escaping is seen. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
