import type { ErrorCode } from './codes.js'

/**
 * Something wrong with what was written, without its place: the place is added in one function, `place`.
 * `message` is a sentence in the reader's words, lower case, no full stop.
 */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** What was expected, such as `a whole number from 5 to 600`. */
  readonly expected?: string
  /** What stood there. Never set for a secret. */
  readonly found?: string
  /** What to write instead. */
  readonly help?: string
}

/** What a parser gives back: a value unless a problem is an error, and every problem, warnings included. */
export interface Parsed<T> {
  readonly value: T | undefined
  readonly problems: readonly Problem[]
}

const NONE: readonly Problem[] = []

/** A value that was understood, with the warnings found on the way. */
export function parsed<T>(value: T, problems: readonly Problem[] = NONE): Parsed<T> {
  return { value, problems }
}

/** Nothing could be made of it, and why. */
export function unparsed(...problems: Problem[]): Parsed<never> {
  return { value: undefined, problems }
}
