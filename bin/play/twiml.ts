import { DOMParser, type Element } from '@xmldom/xmldom'

/** A verb of a TwiML document, or a noun in it such as `<Sip>`. */
export interface TwimlVerb {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | undefined>>
  /** What it says, plays or calls, without what its nouns hold. */
  readonly text: string
  readonly nouns: readonly TwimlVerb[]
}

/** The verbs of a document in order; undefined for a text that is no TwiML. */
export function verbsOfTwiml(xml: string): readonly TwimlVerb[] | undefined {
  const root = rootOf(xml)
  return root?.nodeName === 'Response' ? elementsIn(root) : undefined
}

function rootOf(xml: string): Element | null {
  try {
    const parser = new DOMParser({ onError: fail })
    return parser.parseFromString(xml, 'text/xml').documentElement
  } catch {
    return null
  }
}

function fail(_level: string, message: string): never {
  throw new Error(message)
}

function elementsIn(parent: Element): TwimlVerb[] {
  return childrenOf(parent).flatMap((node) => (isElement(node) ? verbOf(node) : []))
}

function verbOf(element: Element): TwimlVerb {
  const texts = childrenOf(element).filter(({ nodeType }) => TEXTS.includes(nodeType))
  return {
    name: element.nodeName,
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    text: texts
      .map(({ nodeValue }) => nodeValue)
      .join('')
      .trim(),
    nouns: elementsIn(element),
  }
}

function childrenOf({ childNodes }: Element) {
  return Array.from(childNodes)
}

/** The types of text nodes and CDATA sections (DOM, Node.nodeType). */
const TEXTS = [3, 4]

function isElement(node: { readonly nodeType: number }): node is Element {
  return node.nodeType === 1
}
