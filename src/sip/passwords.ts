/**
 * The one rule by which passwords are found in URIs, `sip:user:password@host` (RFC 3261 §19.1.1) and
 * `redis://user:password@host`: what follows the first colon after the scheme, up to the last at sign. Where a URI is
 * not valid, such as one with an at sign in its password, too much is hidden rather than too little.
 */
const BEFORE = /(?:sips?:[^:@]*|:\/\/[^:@/]*):/i

/** A URI ends here: what follows is the next one of several, an element or an attribute. */
const URI = /[^\s"<>|]+/g

/** A text in which no URI shows the password that it may hold, but `***`. */
export function withoutPasswords(text: string): string {
  if (!text.includes('@')) return text
  return text.replace(URI, (uri) => replacePassword(uri, ':***'))
}

/** A URI without its password: for a name, which travels in logs and URLs. */
export function withoutPassword(uri: string): string {
  return replacePassword(uri, '')
}

/** The passwords of the URIs in a text. */
export function passwordsIn(text: string): string[] {
  return [...text.matchAll(URI)].flatMap(([uri]) => {
    const span = passwordSpan(uri)
    return span ? [uri.slice(...span)] : []
  })
}

function replacePassword(uri: string, instead: string): string {
  const span = passwordSpan(uri)
  return span ? `${uri.slice(0, span[0] - 1)}${instead}${uri.slice(span[1])}` : uri
}

function passwordSpan(uri: string): [start: number, end: number] | undefined {
  const end = uri.lastIndexOf('@')
  const before = end < 0 ? null : BEFORE.exec(uri)
  const start = before ? before.index + before[0].length : end
  return start < end ? [start, end] : undefined
}
