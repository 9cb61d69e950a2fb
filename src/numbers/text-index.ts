import type { Match } from './number-index.js'

/** What is found by a whole text or by the longest beginning of one. Plain data. */
export interface TextIndex<C> {
  readonly exact: Map<string, C>
  /** By beginning: one map for each length that occurs, longest first. */
  readonly prefixes: Prefixes<C>[]
}

/** What is found by beginnings of one length. */
export interface Prefixes<C> {
  readonly length: number
  readonly byPrefix: Map<string, C>
}

export function emptyTextIndex<C>(): TextIndex<C> {
  return { exact: new Map(), prefixes: [] }
}

/** The map of the prefixes that are as long as this one, made if there is none. */
export function prefixesLike<C>(prefixes: Prefixes<C>[], prefix: string): Map<string, C> {
  const { length } = prefix
  const existing = prefixes.find((level) => level.length === length)
  if (existing) return existing.byPrefix
  const level: Prefixes<C> = { length, byPrefix: new Map() }
  prefixes.push(level)
  prefixes.sort((a, b) => b.length - a.length)
  return level.byPrefix
}

/** The whole text, else the longest beginning. */
export function findText<C>(index: TextIndex<C>, text: string): Match<C> | undefined {
  const claim = index.exact.get(text)
  return claim === undefined ? findPrefix(index, text) : { claim, wild: '' }
}

/** The longest beginning of the text, which may be the text itself. */
export function findPrefix<C>(
  { prefixes }: Pick<TextIndex<C>, 'prefixes'>,
  text: string,
): Match<C> | undefined {
  for (const { length, byPrefix } of prefixes) {
    const claim = byPrefix.get(text.slice(0, length))
    if (claim !== undefined) return { claim, wild: text.slice(length) }
  }
  return undefined
}
