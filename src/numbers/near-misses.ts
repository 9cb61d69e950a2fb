import { suggest } from '../errors/suggest.js'
import { type Address, type CalledSipAddress, isE164, type NumberAddress, parseAddress } from './address.js'
import { suggestForm } from './national.js'
import { type Claim, exactClaim, lookUp, type NumberIndex } from './number-index.js'
import type { RangePattern } from './pattern.js'

/** A pattern that an address nearly fits. */
export interface NearMiss {
  readonly claim: Claim
  /** What would have to be otherwise: `would match if the number began with +49`. */
  readonly says: string
}

/** More of them would hide the one that counts. */
const MOST = 3

/** The patterns that an address comes near without fitting one, the nearest first, three at most. */
export function nearMisses(index: NumberIndex, address: Address): NearMiss[] {
  if (address.kind === 'number')
    return [
      ...typingErrors(index, address),
      ...nearPrefixes(index, address),
      ...nearRanges(index, address),
    ].slice(0, MOST)
  if (address.kind === 'other') return otherForm(index, address.text)
  return address.kind === 'sip' ? otherHost(index, address) : []
}

/** A number in another form than Twilio's, `0049 30…` for `+4930…`: what matches it in that form, or comes near. */
function otherForm(index: NumberIndex, text: string): NearMiss[] {
  const form = suggestForm(text)
  if (form === undefined) return []
  const address = parseAddress(form)
  const claim = lookUp(index, address)?.claim
  const found = claim ? [{ claim, says: `${claim.pattern.text} would match` }] : nearMisses(index, address)
  return found.map((near) => ({ ...near, says: `${text} is ${form}: ${near.says}` }))
}

const DIGITS = [...'0123456789']

/** Exact numbers that come out when one digit is changed, left out or added, or two neighbours swapped. */
function typingErrors(index: NumberIndex, { text }: NumberAddress): NearMiss[] {
  const variants = [...new Set(oneOff(text).filter(isE164))]
  const found = variants.flatMap(
    (variant) => exactClaim(index, { text: variant, number: Number(variant) }) ?? [],
  )
  return found.map((claim) => ({ claim, says: `one digit off ${claim.pattern.text}` }))
}

function oneOff(text: string): string[] {
  return Array.from({ length: text.length }, (_, at) => at + 1).flatMap((at) => {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)]
    const [digit = '', next = ''] = text.slice(at)
    return [
      before + after,
      ...DIGITS.flatMap((other) => [before + other + after, before + other + digit + after]),
      before + next + digit + after.slice(1),
    ]
  })
}

/** Prefixes of which all but one digit are there, or a country code and more; the fewest digits missing first. */
function nearPrefixes({ prefixes }: NumberIndex, { text }: NumberAddress): NearMiss[] {
  return prefixes
    .flatMap(({ byPrefix }) => [...byPrefix])
    .map(([prefix, claim]) => ({ prefix, claim, alike: alike(prefix, text) }))
    .filter(({ prefix, alike }) => alike >= Math.min(prefix.length - 1, 4))
    .sort((a, b) => a.prefix.length - a.alike - (b.prefix.length - b.alike))
    .slice(0, MOST)
    .map(({ prefix, claim }) => ({ claim, says: `would match if the number began with ${prefix}` }))
}

function alike(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

/** Ranges with a border near the number: nearer than the range is wide. */
function nearRanges({ ranges }: NumberIndex, { number }: NumberAddress): NearMiss[] {
  return [...new Set(ranges.claims)]
    .map((claim) => ({ claim, pattern: claim.pattern as RangePattern }))
    .map((range) => ({ ...range, off: Math.max(range.pattern.from - number, number - range.pattern.to) }))
    .filter(({ pattern, off }) => off <= pattern.to - pattern.from + 1)
    .sort((a, b) => a.off - b.off)
    .slice(0, MOST)
    .map(({ claim, pattern, off }) => ({
      claim,
      says: `${off} off the ${off > 0 && number < pattern.from ? 'first' : 'last'} number of ${pattern.text}`,
    }))
}

function otherHost({ hosts }: NumberIndex, { host, user }: CalledSipAddress): NearMiss[] {
  const meant = hosts.has(host) ? host : suggest(host, [...hosts.keys()])
  const users = meant === undefined ? undefined : hosts.get(meant)!
  const name = users && suggest(user, [...users.exact.keys()])
  const claim =
    name === undefined ? users?.prefixes.at(-1)?.byPrefix.values().next().value : users!.exact.get(name)
  return claim ? [{ claim, says: `would match if it were ${claim.pattern.text}` }] : []
}
