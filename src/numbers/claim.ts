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
