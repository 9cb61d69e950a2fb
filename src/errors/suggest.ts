import { distance } from 'fastest-levenshtein'

/** The known word nearest to a mistyped one, if it is near enough to be what was meant. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined
  const lower = word.toLowerCase()
  const swaps = new Set(swapsOf(lower))
  const most = Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)))
  let swapped: string | undefined
  let [best, fewest]: [string | undefined, number] = [undefined, most + 1]
  for (const name of known) {
    const other = name.toLowerCase()
    if (other === lower) return name
    if (swaps.has(other)) swapped ??= name
    // each character more or less is a change
    const changes = Math.abs(other.length - lower.length) < fewest ? distance(lower, other) : fewest
    if (changes < fewest) [best, fewest] = [name, changes]
  }
  return swapped ?? best
}

/** A longer word is no typing error. */
const LONGEST = 100

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

/** `no endpoint is called "dublim"; did you mean "dublin"?`; where nothing is near, the names that there are. */
export function noneCalled(what: string, name: string, known: Iterable<string>): string {
  const names = [...known]
  return `no ${what} is called "${name}"${didYouMean(suggest(name, names)) || thereAre(what, names)}`
}

/** `; there are 7: a, b, c, d, e, …` */
function thereAre(what: string, names: readonly string[]): string {
  if (names.length === 0) return `; there is no ${what}`
  const listed = names.slice(0, FEW).join(', ')
  if (names.length === 1) return `; there is only ${listed}`
  return `; there are ${names.length}: ${listed}${names.length > FEW ? ', …' : ''}`
}

/** How many names a line lists. */
const FEW = 5

/** How many words a message lists. */
const LISTED = 12

/** `one of a, b, c`; of many words only the first ones. */
export function someOf(words: Iterable<string>, all = [...words].length): string {
  const listed = firstOf(words).join(', ')
  return all > LISTED ? `one of ${listed}, … (${all} in all)` : `one of ${listed}`
}

function firstOf(words: Iterable<string>): string[] {
  const first: string[] = []
  for (const word of words) {
    if (first.length === LISTED) break
    first.push(word)
  }
  return first
}
