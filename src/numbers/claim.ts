import type { Pattern } from './pattern.js'

/** Anything that is found by the pattern it has. */
export interface Patterned {
  readonly pattern: Pattern
}

/** What a pattern leads to. */
export interface Owner {
  /** The route's name. */
  readonly route: string
  /** What stands beside the number in a `numbersFrom` file, by column. */
  readonly values: Readonly<Record<string, string>> | undefined
}

/** A pattern that a route answers for. */
export interface Claim extends Patterned, Owner {}

/** A pattern, and the place of its owner in a list: many patterns may have the same. */
export interface Owned extends Patterned {
  readonly owner: number
}

/** The claim that a pattern and its owner are together. Every claim has the same keys, which makes look-ups fast. */
export function claimOf(pattern: Pattern, { route, values }: Owner): Claim {
  return { pattern, route, values }
}

/** The claim that wins, and what its `*` stood for: of a range, the digits in which its numbers differ. */
export interface Match<C = Claim> {
  readonly claim: C
  readonly wild: string
}
