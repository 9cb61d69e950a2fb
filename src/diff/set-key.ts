import { createHash } from 'node:crypto'
import type { Patterned } from '../numbers/number-index.js'
import { merge, numberSpans } from '../numbers/number-spans.js'
import type { PatternSet } from '../numbers/pattern-set.js'
import { findPrefix, type TextIndex } from '../numbers/text-index.js'

/** Equal for sets that match the same addresses, however their patterns are written. */
export function setKey(set: PatternSet): string {
  const { from, to } = merge(numberSpans(set.index))
  const hosts = [...set.index.hosts].map(([host, users]) => [host, ...userKeys(users)])
  const content = [set.anonymous, Array.from(from, (first, at) => [first, to[at]]), hosts.sort()]
  return digest(content)
}

/** The users and prefixes that are not within a shorter prefix. */
function userKeys(users: TextIndex<Patterned>): string[] {
  const exact = [...users.exact.keys()].filter((user) => !findPrefix(users, user))
  const prefixes = users.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  const widest = prefixes.filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  )
  return [...exact.map((user) => `=${user}`), ...widest.map((prefix) => `*${prefix}`)].sort()
}

/** Stands for plain data of any size. */
export function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}
