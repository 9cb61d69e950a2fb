import { type Claim, claimOf, type OwnerOf, type Patterned, type Placed } from './claim.js'
import { buildExact, type ExactNumbers } from './exact-numbers.js'
import { buildRanges, type Ranged, type RangeIndex } from './range-index.js'
import { emptyTextIndex, type Prefixes, prefixesLike, type TextIndex } from './text-index.js'

/**
 * Claims, laid out so that the one that wins a number or a SIP address is found in a few steps. Plain data.
 */
export interface NumberIndex<C extends Patterned = Claim> {
  readonly exact: ExactNumbers<OwnerOf<C>>
  /** By number prefix, with the plus sign: one map for each length that occurs, longest first. */
  readonly prefixes: Prefixes<C>[]
  readonly ranges: RangeIndex<C>
  /** Exact users and user prefixes of each SIP host. */
  readonly hosts: ReadonlyMap<string, TextIndex<C>>
}

export interface BuiltIndex<C extends Patterned, P extends Placed<C>> {
  readonly index: NumberIndex<C>
  /** Claims of the very same pattern, the earlier first. Only the earlier is in the index. */
  readonly clashes: readonly (readonly [P, P])[]
  /** Ranges of the same size that overlap, the winner first; each range with its next neighbour only. */
  readonly overlaps: readonly (readonly [P, P])[]
}

/** Lays out claims for `lookUp`, which says who wins. */
export function buildIndex<C extends Patterned = Claim, P extends Placed<C> = Placed<C>>(
  claims: Iterable<P>,
): BuiltIndex<C, P> {
  const exact: P[] = []
  const prefixes: Prefixes<C>[] = []
  const hosts = new Map<string, TextIndex<C>>()
  const texts = new Map<string, C>()
  const ranged: Ranged<C>[] = []
  const clashes: (readonly [P, P])[] = []
  /** Where the claims of the index came from; those of exact numbers are not in it as such. */
  const origins = new Map<C, P>()
  for (const claim of claims) place(claim)
  const numbers = buildExact<OwnerOf<C>, P>(exact, (first, second) => clashes.push([first, second]))
  const { index: ranges, overlaps } = buildRanges(ranged)
  return {
    index: { exact: numbers, prefixes, ranges, hosts },
    clashes,
    overlaps: overlaps.map(([winner, loser]) => [origins.get(winner)!, origins.get(loser)!]),
  }

  function place(claim: P): void {
    const { pattern } = claim
    switch (pattern.kind) {
      case 'exact':
        exact.push(claim)
        break
      case 'prefix':
        keep(claim, prefixesLike(prefixes, pattern.prefix), pattern.prefix)
        break
      case 'range': {
        const kept = keep(claim, texts, pattern.text)
        if (kept) ranged.push({ from: pattern.from, to: pattern.to, claim: kept })
        break
      }
      case 'sip':
        keep(claim, usersOf(pattern.host).exact, pattern.user)
        break
      case 'sip-prefix':
        keep(claim, prefixesLike(usersOf(pattern.host).prefixes, pattern.prefix), pattern.prefix)
    }
  }

  function keep(claim: P, among: Map<string, C>, key: string): C | undefined {
    const earlier = among.get(key)
    if (earlier) {
      clashes.push([origins.get(earlier)!, claim])
      return undefined
    }
    const kept = claimOf<C>(claim.pattern, claim.owner)
    among.set(key, kept)
    origins.set(kept, claim)
    return kept
  }

  function usersOf(host: string): TextIndex<C> {
    const users = hosts.get(host) ?? emptyTextIndex<C>()
    hosts.set(host, users)
    return users
  }
}
