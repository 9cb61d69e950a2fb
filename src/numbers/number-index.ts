import type { Claim, Patterned } from './claim.js'
import { buildRanges, type Ranged, type RangeIndex } from './range-index.js'
import { emptyTextIndex, prefixesLike, type TextIndex } from './text-index.js'

/**
 * Claims, laid out so that the one that wins a number or a SIP address is found in a few steps. Plain data.
 */
export interface NumberIndex<C extends Patterned = Claim> {
  /** Exact numbers and prefixes, with the plus sign. */
  readonly numbers: TextIndex<C>
  readonly ranges: RangeIndex<C>
  /** Exact users and user prefixes of each SIP host. */
  readonly hosts: ReadonlyMap<string, TextIndex<C>>
}

export interface BuiltIndex<C extends Patterned = Claim> {
  readonly index: NumberIndex<C>
  /** Claims of the very same pattern, the earlier first. Only the earlier is in the index. */
  readonly clashes: readonly (readonly [C, C])[]
  /** Ranges of the same size that overlap, the winner first; each range with its next neighbour only. */
  readonly overlaps: readonly (readonly [C, C])[]
}

/** Lays out claims for `lookUp`, which says who wins. */
export function buildIndex<C extends Patterned>(claims: Iterable<C>): BuiltIndex<C> {
  const numbers = emptyTextIndex<C>()
  const hosts = new Map<string, TextIndex<C>>()
  const ranges = new Map<string, C>()
  const ranged: Ranged<C>[] = []
  const clashes: (readonly [C, C])[] = []
  for (const claim of claims) place(claim)
  const { index, overlaps } = buildRanges(ranged)
  return { index: { numbers, ranges: index, hosts }, clashes, overlaps }

  function place(claim: C): void {
    const { pattern } = claim
    switch (pattern.kind) {
      case 'exact':
        keep(claim, numbers.exact, pattern.text)
        break
      case 'prefix':
        keep(claim, prefixesLike(numbers, pattern.prefix), pattern.prefix)
        break
      case 'range':
        if (keep(claim, ranges, pattern.text)) ranged.push({ from: pattern.from, to: pattern.to, claim })
        break
      case 'sip':
        keep(claim, usersOf(pattern.host).exact, pattern.user)
        break
      case 'sip-prefix':
        keep(claim, prefixesLike(usersOf(pattern.host), pattern.prefix), pattern.prefix)
    }
  }

  function keep(claim: C, among: Map<string, C>, key: string): boolean {
    const earlier = among.get(key)
    if (earlier === undefined) among.set(key, claim)
    else clashes.push([earlier, claim])
    return earlier === undefined
  }

  function usersOf(host: string): TextIndex<C> {
    const users = hosts.get(host) ?? emptyTextIndex<C>()
    hosts.set(host, users)
    return users
  }
}
