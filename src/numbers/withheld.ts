/** What stands in place of a number that the caller does not show, in any case. */
const WORDS: ReadonlySet<string> = new Set([
  '',
  'anonymous',
  'blocked',
  'private',
  'restricted',
  'unavailable',
  'unknown',
])

/**
 * The same words as Twilio spells them on a keypad, from its article "Why am I getting calls from these
 * strange numbers?". They look like E.164, but no country has numbers such as these.
 */
const KEYPAD_SPELLINGS: ReadonlySet<string> = new Set([
  '+266696687', // ANONYMOUS
  '+2562533', // BLOCKED
  '+464', // no caller id at all
  '+7378742833', // RESTRICTED
  '+86282452253', // UNAVAILABLE
  '+8656696', // UNKNOWN
])

/** Whether a `From` says that the caller withheld the number. */
export function isWithheld(text: string): boolean {
  return text.startsWith('+') ? KEYPAD_SPELLINGS.has(text) : WORDS.has(text.toLowerCase())
}
