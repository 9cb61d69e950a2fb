import { escapeXml } from '../xml/escape.js'
import { encodeHeaderValue } from './escape.js'
import { withoutPasswords } from './passwords.js'

/** A shorter secret is part of many words and numbers; `short-secret` warns of it. */
export const SHORTEST_SECRET = 6

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

/**
 * Makes a function that replaces secrets by `instead`. If one secret begins with another, the longer one is hidden;
 * if they overlap, both are. A short secret counts only as a word of its own. The time that it takes does not depend
 * on how many secrets there are.
 */
export function masker(
  secrets: readonly string[],
  instead: (secret: string) => string,
): (text: string) => string {
  const { lengths, known } = longOnes(secrets)
  const short = new Set(secrets.filter(({ length }) => 0 < length && length < SHORTEST_SECRET))
  return known.size + short.size === 0 ? (text) => text : mask

  function mask(text: string): string {
    let [masked, shown] = ['', 0]
    for (const [from, to] of hidden(text)) {
      masked += text.slice(shown, from) + instead(text.slice(from, to))
      shown = to
    }
    return masked + text.slice(shown)
  }

  function hidden(text: string): [from: number, to: number][] {
    const spans: [number, number][] = []
    for (let at = 0; at < text.length; at += 1) {
      const end = at + lengthAt(text, at)
      const last = spans.at(-1)
      if (last && at < last[1]) last[1] = Math.max(last[1], end)
      else if (end > at) spans.push([at, end])
    }
    return spans
  }

  /** How long the longest secret is that begins here; 0 if there is none. */
  function lengthAt(text: string, at: number): number {
    const possible = lengths.get(text.slice(at, at + SHORTEST_SECRET))
    return possible?.find((length) => known.has(text.slice(at, at + length))) ?? shortAt(text, at)
  }

  function shortAt(text: string, at: number): number {
    if (short.size === 0 || isInWord(text[at - 1])) return 0
    for (let length = SHORTEST_SECRET - 1; length > 0; length -= 1)
      if (!isInWord(text[at + length]) && short.has(text.slice(at, at + length))) return length
    return 0
  }
}

/** The secrets that are long enough, and by how they begin the lengths that they have, the longest first. */
function longOnes(secrets: readonly string[]) {
  const known = new Set(secrets.filter(({ length }) => length >= SHORTEST_SECRET))
  const lengths = new Map<string, number[]>()
  for (const secret of [...known].sort((a, b) => b.length - a.length)) {
    const beginning = secret.slice(0, SHORTEST_SECRET)
    const earlier = lengths.get(beginning)
    if (!earlier) lengths.set(beginning, [secret.length])
    else if (earlier.at(-1) !== secret.length) earlier.push(secret.length)
  }
  return { known, lengths }
}

function isInWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}
