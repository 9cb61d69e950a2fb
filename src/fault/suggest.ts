import { closest, distance } from 'fastest-levenshtein'

/** The known word nearest to a mistyped one, if it is near enough to be what was meant. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = word.toLowerCase()
  const best = closest(lower, known as string[])
  const near = known.find((name) => name.toLowerCase() === lower) ?? best
  const changes = distance(lower, near.toLowerCase())
  return changes < word.length && changes <= Math.max(1, Math.floor(word.length / 3)) ? near : undefined
}

/** How many words a message lists. */
const LISTED = 12

/** `one of a, b, c`; of many words only the first ones. */
export function someOf(words: readonly string[]): string {
  const listed = words.slice(0, LISTED).join(', ')
  return words.length > LISTED ? `one of ${listed}, … (${words.length} in all)` : `one of ${listed}`
}
