/** Longer texts of callers are cut in lists. */
const LONGEST = 80

// what turns the direction of a text, what is not seen, and what is no text
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/**
 * A text that a caller may have chosen: shown without markup, without a change of direction, and cut where it is too
 * long.
 */
export function Text({ of, most = LONGEST }: { readonly of: string; readonly most?: number }) {
  const seen = visible(of)
  return <bdi>{seen.length > most ? `${seen.slice(0, most)}…` : seen}</bdi>
}

/** A text whose unseen characters are written out. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (one) => (one === '\n' ? one : `\\u{${one.codePointAt(0)!.toString(16)}}`))
}
