import type { Pattern } from './pattern.js'

/** Anything that is found by the pattern it has. */
export interface Patterned {
  readonly pattern: Pattern
}

/** A pattern that a route answers for. */
export interface Claim extends Patterned {
  /** The route's name. */
  readonly route: string
  /** What stands beside the number in a `numbersFrom` file, by column. */
  readonly values?: Readonly<Record<string, string>>
}

/** The claim that wins, and what its `*` stood for: of a range, the digits in which its numbers differ. */
export interface Match<C = Claim> {
  readonly claim: C
  readonly wild: string
}
