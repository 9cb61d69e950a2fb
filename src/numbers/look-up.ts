import type { Address, NumberAddress } from './address.js'
import { type Claim, claimOf, type Match } from './claim.js'
import type { NumberIndex } from './number-index.js'
import { stretchOf } from './range-index.js'
import { findPrefix, findText } from './text-index.js'

/**
 * The claim that wins an address, wherever it stands in the file: the exact number, else the smallest range,
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
