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
  readonly values?: Readonly<Record<string, string>>
}

/** A pattern that a route answers for. */
export interface Claim extends Patterned, Owner {}

/** A pattern beside its owner, which many patterns may share. */
export interface Placed<C extends Patterned> extends Patterned {
  readonly owner: OwnerOf<C>
}

export type OwnerOf<C extends Patterned> = Omit<C, 'pattern'>

/** The claim that a pattern and its owner are together. */
export function claimOf<C extends Patterned>(pattern: Pattern, owner: OwnerOf<C>): C {
  return { ...owner, pattern } as C
}

/** The claim that wins, and what its `*` stood for: of a range, the digits in which its numbers differ. */
export interface Match<C = Claim> {
  readonly claim: C
  readonly wild: string
}
