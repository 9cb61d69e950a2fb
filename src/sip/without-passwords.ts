/** A text in which no SIP URI shows the password that may stand in it (RFC 3261 §19.1.1), but `***`. */
export function withoutPasswords(text: string): string {
  return text.replace(PASSWORD, '$1:***@')
}

/** Neither part goes beyond its URI: into the next one of several, an element or an attribute. */
const PASSWORD = /(sips?:[^:@\s"<>|]*):[^@\s"<>|?]*@/gi
