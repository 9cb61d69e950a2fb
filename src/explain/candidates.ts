import type { Address } from '../numbers/address.js'
import {
  type Claim,
  exactClaim,
  findPrefix,
  type NumberIndex,
  type TextIndex,
} from '../numbers/number-index.js'
import type { RangePattern } from '../numbers/pattern.js'

/** The kinds of claims in the words of the manual; a kind wins over those below it. */
const SAYS = {
  exact: 'the exact number',
  range: 'a range',
  prefix: 'a prefix',
  sip: 'the exact SIP address',
  'sip-prefix': 'SIP addresses that begin so',
} as const

/** A claim that the called number fits. */
export interface ClaimCandidate {
  readonly pattern: string
  readonly route: string
  readonly kind: keyof typeof SAYS
  /** The kind in words. */
  readonly says: string
}

/**
 * Every claim that an address fits, the strongest first; who wins is for `lookUp` to say. Of ranges, those that lie
 * wholly within smaller ones are not in the index and are missing here: they never win.
 */
export function candidates(index: NumberIndex, address: Address): ClaimCandidate[] {
  return claimsOf(index, address).map(({ pattern, route }) => ({
    pattern: pattern.text,
    route,
    kind: pattern.kind,
    says: SAYS[pattern.kind],
  }))
}

function claimsOf(index: NumberIndex, address: Address): Claim[] {
  if (address.kind === 'number')
    return [
      ...oneOrNone(exactClaim(index, address)),
      ...rangeClaims(index.ranges.claims, address.number),
      ...prefixClaims(index, address.text),
    ]
  const users = address.kind === 'sip' ? index.hosts.get(address.host) : undefined
  if (!users || address.kind !== 'sip') return []
  return [...oneOrNone(users.exact.get(address.user)), ...prefixClaims(users, address.user)]
}

function oneOrNone(claim: Claim | undefined): Claim[] {
  return claim ? [claim] : []
}

function rangeClaims(claims: readonly Claim[], number: number): Claim[] {
  const size = ({ pattern }: Claim) => (pattern as RangePattern).to - (pattern as RangePattern).from
  return [...new Set(claims)]
    .filter(({ pattern }) => pattern.kind === 'range' && pattern.from <= number && number <= pattern.to)
    .sort((a, b) => size(a) - size(b))
}

/** Each shorter prefix is what is found when the longer ones are left out. */
function prefixClaims({ prefixes }: Pick<TextIndex<Claim>, 'prefixes'>, text: string): Claim[] {
  return prefixes.flatMap((level) => findPrefix({ prefixes: [level] }, text)?.claim ?? [])
}
