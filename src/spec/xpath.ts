import { DOMParser } from '@xmldom/xmldom'
import { select } from 'xpath'

/** The text that an XPath 1.0 expression gives over an XML document; of several nodes the first, in words what is wrong. */
export function evaluateXPath(expression: string, xml: string): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  try {
    const found = select(expression, document as never)
    if (!Array.isArray(found)) return String(found)
    return found.length === 0 ? 'no such node' : textOf(found[0] as unknown as Node)
  } catch (error) {
    return `not an XPath expression: ${(error as Error).message}`
  }
}

/** As much of a DOM node as its text needs. */
interface Node {
  readonly textContent: string | null
}

function textOf({ textContent }: Node): string {
  return textContent ?? ''
}
