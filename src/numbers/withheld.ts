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

/**
 * How else the spellings arrive as a caller: with the +1 of North America before them, and without the plus. One of
 * them, +17378742833, could be a number in Texas; as a caller it is taken for RESTRICTED, as which it is seen.
 */
const OTHER_SPELLINGS: ReadonlySet<string> = new Set(
  [...KEYPAD_SPELLINGS]
    .filter((spelling) => spelling !== '+464')
    .flatMap((spelling) => {
      const digits = spelling.slice(1)
      return [digits, `1${digits}`, `+1${digits}`]
    }),
)

/** Whether a text stands for a number that is not shown, and for no number that could be called. */
export function isWithheld(text: string): boolean {
  return text.startsWith('+') ? KEYPAD_SPELLINGS.has(text) : WORDS.has(text.toLowerCase())
}

/** Whether a `From` says that the caller withheld the number. */
export function isWithheldCaller(text: string): boolean {
  return isWithheld(text) || OTHER_SPELLINGS.has(text)
}
