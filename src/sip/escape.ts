/** What needs no escape in the user part; in a header all but the plus sign. Most values of a call are such. */
const PLAIN = /^[A-Za-z0-9+_.-]*$/

/** What encodeURIComponent leaves alone, though Twilio wants it encoded. */
const SPARED = /[!'()*~]/g

/**
 * A call's value for the user part of a SIP URI. Only letters, digits and `+-_.` stay as they are, so that a
 * caller can never end the user part, begin a password, or add a parameter to it.
 */
export function encodeUser(value: string): string {
  return PLAIN.test(value) ? value : percentEncode(onOneLine(value)).replaceAll('%2B', '+')
}

/**
 * A value for a header in a SIP URI. Twilio wants every character encoded that is not alphanumeric
 * ("TwiML <Sip>: custom headers"); `-_.` are left readable, being unreserved in RFC 3261 §25.1.
 */
export function encodeHeaderValue(value: string): string {
  return PLAIN.test(value) ? value.replaceAll('+', '%2B') : percentEncode(onOneLine(value))
}

/**
 * A line break would end the header in the INVITE once Twilio has decoded it, percent-encoded or not, and no other
 * control character has a place in one either (RFC 3261 §25.1): each becomes a space.
 */
function onOneLine(value: string): string {
  return value.replace(/[\x00-\x1F\x7F]/g, ' ')
}

/** Percent-encodes, as UTF-8, all but letters, digits and `-_.`; a lone surrogate becomes U+FFFD. Never throws. */
export function percentEncode(text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD')
  return encodeURIComponent(wellFormed).replace(SPARED, encodeSpared)
}

function encodeSpared(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** The text without percent-encoding, or undefined where it is not UTF-8, the charset of SIP (RFC 3261 §7). */
export function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
