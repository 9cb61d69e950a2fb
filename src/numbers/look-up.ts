import type { Address, NumberAddress } from './address.js'
import type { Match, Patterned } from './claim.js'
import type { NumberIndex } from './number-index.js'
import { stretchOf } from './range-index.js'
import { findPrefix, findText } from './text-index.js'

/**
 * The claim that wins an address, wherever it stands in the file: the exact number, else the smallest range,
 * else the longest prefix; of a SIP address the exact user, else the longest user prefix.
 */
export function lookUp<C extends Patterned>(index: NumberIndex<C>, address: Address): Match<C> | undefined {
  if (address.kind === 'number') return lookUpNumber(index, address)
  if (address.kind !== 'sip') return undefined
  const users = index.hosts.get(address.host)
  return users && findText(users, address.user)
}

function lookUpNumber<C extends Patterned>(
  { numbers, ranges }: NumberIndex<C>,
  { text, number }: NumberAddress,
): Match<C> | undefined {
  const exact = numbers.exact.get(text)
  if (exact !== undefined) return { claim: exact, wild: '' }
  const stretch = stretchOf(ranges, number)
  if (stretch === -1) return findPrefix(numbers, text)
  return { claim: ranges.claims[stretch]!, wild: text.slice(ranges.stems[stretch]) }
}
