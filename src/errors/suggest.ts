import { closest, distance } from 'fastest-levenshtein'

/** The known word nearest to a mistyped one, if it is near enough to be what was meant. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = word.toLowerCase()
  const swaps = swapsOf(lower)
  const same =
    known.find((name) => name.toLowerCase() === lower) ??
    known.find((name) => swaps.includes(name.toLowerCase()))
  if (same !== undefined) return same
  const best = closest(lower, known as string[])
  const changes = distance(lower, best.toLowerCase())
  return changes < word.length && changes <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined
}

/** The word with two neighbouring letters in each other's place, such as `dial` of `dail`: one mistake, not two. */
function swapsOf(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, at) =>
    [word.slice(0, at), word[at + 1], word[at], word.slice(at + 2)].join(''),
  )
}

/** `; did you mean "berlin"?` at the end of a message; empty where nothing is near enough. */
export function didYouMean(meant: string | undefined): string {
  return meant ? `; did you mean "${meant}"?` : ''
}

/** How many words a message lists. */
const LISTED = 12

/** `one of a, b, c`; of many words only the first ones. */
export function someOf(words: readonly string[]): string {
  const listed = words.slice(0, LISTED).join(', ')
  return words.length > LISTED ? `one of ${listed}, … (${words.length} in all)` : `one of ${listed}`
}
