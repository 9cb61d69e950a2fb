import type { Problem } from '../errors/problem.js'

/** Characters that XML 1.0 §2.2 does not allow, lone surrogates included. */
const FORBIDDEN =
  /[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

const SPECIAL = /[&<>"']|[^\x20-\x7E]/

const UNUSUAL = /[^\x20-\x7E]/

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/**
 * Makes a value safe as XML text and inside of quotes; what XML cannot hold is dropped. Most values are plain, and
 * cost one scan.
 */
export function escapeXml(value: string): string {
  if (!SPECIAL.test(value)) return value
  const legal = UNUSUAL.test(value) ? value.replace(FORBIDDEN, '') : value
  return legal.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/** A longer text is cut: Twilio says 4096 characters at most ("TwiML <Say>"). */
const MOST_SAID = 4096

/** The content of a `<Say>`: escaped, and no longer than Twilio says it. */
export function saidText(text: string): string {
  return escapeXml(text.slice(0, MOST_SAID))
}

/** A tag, as in SSML, or an escape of XML. */
const MARKUP = /<\/?[a-z][a-z:-]*(?:\s[^<>]*)?>|<[a-z][a-z:-]*\/>|&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/i

/** Warns of XML in a text that is escaped before it goes into the TwiML, where it means nothing then. */
export function markupWarning(text: string, help: string): Problem[] {
  const found = MARKUP.exec(text)?.[0]
  if (found === undefined) return []
  const message = `${found} is escaped like any text, so it reaches the other side as it is written`
  return [{ code: 'xml-in-text', message, expected: 'a plain text', found, help }]
}

/** For a text that is spoken. */
export function spokenMarkup(text: string): Problem[] {
  return markupWarning(text, 'write what is to be heard; for SSML, redirect to a TwiML document of your own')
}
