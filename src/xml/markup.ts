import type { Problem } from '../errors/problem.js'

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
