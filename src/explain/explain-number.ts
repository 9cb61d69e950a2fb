import type { Address } from '../numbers/address.js'
import { nearMisses } from '../numbers/near-misses.js'
import {
  type Claim,
  exactClaim,
  findPrefix,
  lookUp,
  type NumberIndex,
  type TextIndex,
} from '../numbers/number-index.js'
import type { RangePattern } from '../numbers/pattern.js'
import type { ExplainedClaim, ExplainedNumber } from './explanation.js'

/** Which claims a called number fits, the strongest first; where there is none, which come near. */
export function explainNumber(to: Address, index: NumberIndex): ExplainedNumber {
  const found = lookUp(index, to)
  const near = found ? [] : nearMisses(index, to)
  return {
    kind: to.kind,
    claim: found?.claim.pattern.text ?? '',
    wild: found?.wild ?? '',
    compared: claimsOf(index, to).map(explainClaim),
    nearMisses: near.map(({ claim, says }) => ({ pattern: claim.pattern.text, route: claim.route, says })),
  }
}

function explainClaim({ pattern, route }: Claim): ExplainedClaim {
  return { pattern: pattern.text, route, kind: pattern.kind, says: SAYS[pattern.kind] }
}

/** The kinds of claims in the words of the manual; a kind wins over those below it. */
const SAYS: Readonly<Record<ExplainedClaim['kind'], string>> = {
  exact: 'the exact number',
  range: 'a range',
  prefix: 'a prefix',
  sip: 'the exact SIP address',
  'sip-prefix': 'SIP addresses that begin so',
}

/**
 * Every claim that an address fits, the strongest first; `lookUp` says which one wins. Of ranges, those that lie
 * wholly within smaller ones are not in the index and are missing here: they never win.
 */
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
