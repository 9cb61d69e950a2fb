/** A string of JSON (RFC 8259 §7). Numbers outside of strings are times and counts. */
const STRING = /"(?:[^"\\]|\\.)*"/g

// number = ( "+" / "%2B" ) 4*digit / 7*digit, with neither letter nor digit around it, so that no CallSid has one
const NUMBER = /(?<=%2B)\d{4,}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:(?<=\+)\d{4,}|\d{7,})(?![0-9A-Za-z])/gi

/** Masks all but the last three digits of every phone number in a line of JSON; extensions stay. */
export function maskNumbers(line: string): string {
  return line.replace(STRING, (text) =>
    text.replace(NUMBER, (digits) => '*'.repeat(digits.length - 3) + digits.slice(-3)),
  )
}
