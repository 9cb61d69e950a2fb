import { escapeXml } from '../xml/escape.js'
import { encodeHeaderValue } from './escape.js'
import { masker, SHORTEST_SECRET } from './masker.js'
import { withoutPasswords } from './passwords.js'

const MASKED = '***'

/** A password in TwiML. */
const PASSWORD = /( password=")[^"]*"/g

/** Makes a function that replaces a config's secrets by `***` in any text that people see. */
export function secretMasker(secrets: readonly string[]): (text: string) => string {
  const byValue = masker(secrets.flatMap(spellings), () => MASKED)
  return function mask(text) {
    return byValue(withoutPasswords(text.replace(PASSWORD, `$1${MASKED}"`)))
  }
}

/**
 * A secret as it is, in XML and in a SIP header; of a secret with templates, each part between them that is long enough:
 * a short one, such as `sip:`, says nothing.
 */
function spellings(secret: string): string[] {
  return secret
    .split(/\{\{[^}]*\}\}/)
    .filter((part) => part === secret || part.length >= SHORTEST_SECRET)
    .flatMap((part) => [...new Set([part, escapeXml(part), encodeHeaderValue(part)])])
}
