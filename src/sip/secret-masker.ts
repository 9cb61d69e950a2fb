import { escapeXml } from '../xml/escape.js'
import { encodeHeaderValue } from './escape.js'
import { withoutPasswords } from './without-passwords.js'

const MASKED = '***'

/** A shorter secret may be part of any number or name by chance; it is masked only where a password is. */
const SHORTEST = 8

/** A password in TwiML. */
const PASSWORD = /( password=")[^"]*"/g

/** Makes a function that replaces a config's secrets by `***` in any text that people see. */
export function secretMasker(secrets: readonly string[]): (text: string) => string {
  const texts = secrets.flatMap(spellings).sort((a, b) => b.length - a.length)
  return function mask(text) {
    const placed = withoutPasswords(text.replace(PASSWORD, `$1${MASKED}"`))
    return texts.reduce((masked, secret) => masked.replaceAll(secret, MASKED), placed)
  }
}

/** A secret as it is, in XML and in a SIP header; of a secret with templates, each part between them. */
function spellings(secret: string): string[] {
  return secret
    .split(/\{\{[^}]*\}\}/)
    .filter((part) => part.length >= SHORTEST)
    .flatMap((part) => [...new Set([part, escapeXml(part), encodeHeaderValue(part)])])
}
