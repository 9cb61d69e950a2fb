const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
const TAIL = '</Response>'

/** The document that does nothing: the call ends, or a screened call is put through. */
export const EMPTY_TWIML = `${HEAD}${TAIL}`

/** Twilio refuses documents of 64 kB and more (error 11750). */
const MOST_BYTES = 64 * 1024 - 1

/** The document of these elements. Throws when it would be longer than Twilio takes. */
export function twimlDocument(elements: string): string {
  const xml = HEAD + elements + TAIL
  if (xml.length * 3 > MOST_BYTES && Buffer.byteLength(xml) > MOST_BYTES) {
    throw new RangeError(`the TwiML has ${Buffer.byteLength(xml)} bytes; Twilio takes ${MOST_BYTES}`)
  }
  return xml
}
