/** The text before the first `mark`, not looking before `from`, and the text after it: null without a mark. */
export function cut(text: string, mark: string, from = 0): [before: string, after: string | null] {
  const place = text.indexOf(mark, from)
  return place === -1 ? [text, null] : [text.slice(0, place), text.slice(place + 1)]
}
