import { encodeHeaderValue } from '../sip/escape.js'
import { withoutPasswords } from '../sip/without-passwords.js'
import { escapeXml } from '../xml/escape.js'

const MASKED = '***'

/** A shorter secret may by chance stand in any number or name; those are masked by their place alone. */
const SHORTEST = 8

/** Where passwords stand in TwiML, whatever they are. */
const PASSWORD = /( password=")[^"]*"/g

/** Makes a function that takes a config's secrets out of any text that people see. */
export function secretMasker(secrets: readonly string[]): (text: string) => string {
  const texts = secrets.flatMap(spellings).sort((a, b) => b.length - a.length)
  return function mask(text) {
    const placed = withoutPasswords(text.replace(PASSWORD, `$1${MASKED}"`))
    return texts.reduce((masked, secret) => masked.replaceAll(secret, MASKED), placed)
  }
}

/** A secret as it stands in JSON, in XML and in a SIP header; what stands around templates counts by itself. */
function spellings(secret: string): string[] {
  return secret
    .split(/\{\{[^}]*\}\}/)
    .filter((part) => part.length >= SHORTEST)
    .flatMap((part) => [...new Set([part, escapeXml(part), encodeHeaderValue(part)])])
}
