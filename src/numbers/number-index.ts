import type { Address, NumberAddress } from './address.js'
import { buildRanges, type Ranged, type RangeIndex, stretchOf } from './disjoint-ranges.js'
import type { Pattern } from './pattern.js'

/**
 * Claims, laid out so that the one that wins a number or a SIP address is found in a few steps. Plain data.
 */
export interface NumberIndex {
  /** By exact number, the place of its owner: thousands of numbers of one owner take no objects of their own. */
  readonly exact: ReadonlyMap<number, number>
  readonly owners: readonly Owner[]
  /** By number prefix, with the plus sign: one map for each length that occurs, longest first. */
  readonly prefixes: Prefixes<Claim>[]
  readonly ranges: RangeIndex<Claim>
  /** Exact users and user prefixes of each SIP host. */
  readonly hosts: ReadonlyMap<string, TextIndex<Claim>>
}

export interface BuiltIndex<P extends Owned> {
  readonly index: NumberIndex
  /** Claims of the very same pattern, the earlier first. Only the earlier is in the index. */
  readonly clashes: readonly (readonly [P, P])[]
  /** Ranges of the same size that overlap, the winner first; each range with its next neighbour only. */
  readonly overlaps: readonly (readonly [P, P])[]
}

/** Lays out claims for `lookUp`, which says who wins. `owners` is what the owners of the claims are places of. */
export function buildIndex<P extends Owned>(claims: Iterable<P>, owners: readonly Owner[]): BuiltIndex<P> {
  const exact = new Map<number, P>()
  const prefixes: Prefixes<Claim>[] = []
  const hosts = new Map<string, TextIndex<Claim>>()
  const texts = new Map<string, Claim>()
  const ranged: Ranged<Claim>[] = []
  const clashes: (readonly [P, P])[] = []
  /** Where the claims of the index came from; those of exact numbers are not in it as such. */
  const origins = new Map<Claim, P>()
  for (const claim of claims) place(claim)
  const { index: ranges, overlaps } = buildRanges(ranged)
  return {
    index: { exact: ownersByNumber(exact), owners, prefixes, ranges, hosts },
    clashes,
    overlaps: overlaps.map(([winner, loser]) => [origins.get(winner)!, origins.get(loser)!]),
  }

  function place(claim: P): void {
    const { pattern } = claim
    switch (pattern.kind) {
      case 'exact':
        keepExact(claim, pattern.number)
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

  function keepExact(claim: P, number: number): void {
    const earlier = exact.get(number)
    if (earlier) clashes.push([earlier, claim])
    else exact.set(number, claim)
  }

  function keep(claim: P, among: Map<string, Claim>, key: string): Claim | undefined {
    const earlier = among.get(key)
    if (earlier) {
      clashes.push([origins.get(earlier)!, claim])
      return undefined
    }
    const kept = claimOf(claim.pattern, owners[claim.owner]!)
    among.set(key, kept)
    origins.set(kept, claim)
    return kept
  }

  function usersOf(host: string): TextIndex<Claim> {
    const users = hosts.get(host) ?? emptyTextIndex<Claim>()
    hosts.set(host, users)
    return users
  }
}

function ownersByNumber(claims: ReadonlyMap<number, Owned>): Map<number, number> {
  const owners = new Map<number, number>()
  for (const [number, { owner }] of claims) owners.set(number, owner)
  return owners
}

/** Anything that is found by the pattern it has. */
export interface Patterned {
  readonly pattern: Pattern
}

/** What a pattern leads to. */
export interface Owner {
  /** The route's name. */
  readonly route: string
  /** What is next to the number in a `numbersFrom` file, by column. */
  readonly values: Readonly<Record<string, string>> | undefined
}

/** A pattern that a route answers for. */
export interface Claim extends Patterned, Owner {}

/** A pattern, and the place of its owner in a list: many patterns may have the same. */
export interface Owned extends Patterned {
  readonly owner: number
}

/** The claim that a pattern and its owner are together. Every claim has the same keys, which makes look-ups fast. */
function claimOf(pattern: Pattern, { route, values }: Owner): Claim {
  return { pattern, route, values }
}

/** The claim that wins, and what its `*` was: of a range, the digits in which its numbers differ. */
export interface Match<C = Claim> {
  readonly claim: C
  readonly wild: string
}

/**
 * The claim that wins an address, wherever it is in the file: the exact number, else the smallest range,
 * else the longest prefix; of a SIP address the exact user, else the longest user prefix.
 */
export function lookUp(index: NumberIndex, address: Address): Match | undefined {
  if (address.kind === 'number') return lookUpNumber(index, address)
  if (address.kind !== 'sip') return undefined
  const users = index.hosts.get(address.host)
  return users && findText(users, address.user)
}

/** The claim of a number as such. */
export function exactClaim(
  { exact, owners }: NumberIndex,
  { text, number }: Pick<NumberAddress, 'text' | 'number'>,
): Claim | undefined {
  const owner = exact.get(number)
  return owner === undefined ? undefined : claimOf({ kind: 'exact', text, number }, owners[owner]!)
}

/** The claims of all exact numbers, in the order in which they were made. */
export function exactClaims({ exact, owners }: NumberIndex): Claim[] {
  return Array.from(exact, ([number, owner]) =>
    claimOf({ kind: 'exact', text: `+${number}`, number }, owners[owner]!),
  )
}

function lookUpNumber(index: NumberIndex, address: NumberAddress): Match | undefined {
  const exact = exactClaim(index, address)
  if (exact !== undefined) return { claim: exact, wild: '' }
  const { ranges } = index
  const { text, number } = address
  const stretch = stretchOf(ranges, number)
  if (stretch === -1) return findPrefix(index, text)
  return { claim: ranges.claims[stretch]!, wild: text.slice(ranges.stems[stretch]) }
}

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

/** An index that finds nothing yet. */
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
