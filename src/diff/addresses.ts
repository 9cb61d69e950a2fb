import { type Address, parseAddress } from '../numbers/address.js'
import { MOST_DIGITS } from '../numbers/e164.js'
import type { NumberIndex } from '../numbers/number-index.js'
import { type NumberSpan, numberSpans } from '../numbers/number-spans.js'
import { emptyTextIndex, findPrefix, prefixesLike, type TextIndex } from '../numbers/text-index.js'

type Index = NumberIndex

/** Numbers have from 2 to 15 digits. */
const FIRST = 10
const BEYOND = 10 ** MOST_DIGITS

/**
 * Cuts all phone numbers into spans, in ascending order, so that each pattern of the indexes matches all of a span
 * or none of it, and so that the most precise pattern of each index is the same for all of it.
 */
export function numberCells(indexes: readonly Index[]): NumberSpan[] {
  const cuts = new Set([FIRST])
  for (const index of indexes) {
    for (const [from, to] of numberSpans(index)) cuts.add(from).add(to + 1)
  }
  const ascending = Float64Array.from(cuts).sort()
  return Array.from(ascending, (from, at): NumberSpan => [from, (ascending[at + 1] ?? BEYOND) - 1]).filter(
    ([from, to]) => from <= to,
  )
}

/** A SIP address for each host and user, user prefix and rest of the users that the indexes tell apart. */
export interface SipCell {
  readonly address: Address
  /** The pattern that stands for the cell, but for what others name more precisely. */
  readonly text: string
}

/** The cells of the SIP addresses of every host that is named, and one of a host that is not. */
export function sipCells(indexes: readonly Index[]): SipCell[] {
  const hosts = new Set(indexes.flatMap(({ hosts }) => [...hosts.keys()]))
  const named = [...hosts].flatMap((host) => hostCells(host, allUsers(host, indexes)))
  return [...named, sipCell('someone', UNNAMED, 'any other SIP address')]
}

/** RFC 2606 §2 keeps this domain free. */
const UNNAMED = 'unnamed.invalid'

function allUsers(host: string, indexes: readonly Index[]): TextIndex<true> {
  const all = emptyTextIndex<true>()
  for (const { hosts } of indexes) {
    for (const user of hosts.get(host)?.exact.keys() ?? []) all.exact.set(user, true)
    for (const { byPrefix } of hosts.get(host)?.prefixes ?? []) {
      for (const prefix of byPrefix.keys()) prefixesLike(all.prefixes, prefix).set(prefix, true)
    }
  }
  prefixesLike(all.prefixes, '').set('', true)
  return all
}

function hostCells(host: string, users: TextIndex<true>): SipCell[] {
  const prefixes = users.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  return [
    ...[...users.exact.keys()].map((user) => sipCell(user, host, `sip:${user}@${host}`)),
    ...prefixes.map((prefix) => sipCell(freeUser(prefix, users), host, `sip:${prefix}*@${host}`)),
  ]
}

/** A user that begins so and is named no more precisely; there is always one, since users may be of any length. */
function freeUser(prefix: string, users: TextIndex<true>): string {
  let number = 1
  while (!isFree(`user${number}`)) number += 1
  return `${prefix}user${number}`

  function isFree(rest: string): boolean {
    return findPrefix(users, prefix + rest)!.wild === rest && !users.exact.has(prefix + rest)
  }
}

function sipCell(user: string, host: string, text: string): SipCell {
  return { address: parseAddress(`sip:${encodeURIComponent(user)}@${host}`), text }
}
