import { ERROR_CODES, type ErrorCode, type Level } from './codes.js'
import type { Origin } from './origin.js'

/**
 * Something wrong with what was written, without its place: `Report` adds that.
 * `message` is a sentence in the reader's words, lower case, no full stop.
 */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** What was expected, such as `a whole number from 5 to 600`. */
  readonly expected?: string
  /** What was written there. Never set for a secret. */
  readonly found?: string
  /** What to write instead. */
  readonly help?: string
}

/** A problem with its place: what `check` prints and what stops `serve`. */
export interface ConfigError extends Problem {
  readonly level: Level
  readonly path: Path
  readonly place: Place
  /** A second place that the message speaks of, such as the other claim of the same number. */
  readonly other?: Place
}

/** Where in the YAML tree something is: keys and list positions from the top of its file. */
export type Path = readonly (string | number)[]

/** A stretch of one line of a file. Lines and columns count from 1, as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** How many characters the caret underlines, at least 1. */
  readonly length: number
  /** The line as it is in the file, with stars in the place of each secret that was found. */
  readonly text: string
}

/** `routes[2].rules[0].dial`: a path as the messages and the manual write it. */
export function pathText(path: Path): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join('')
}

/** Whether a problem is an error or a warning: its code decides. */
export function levelOf(problem: Problem): Level {
  return ERROR_CODES[problem.code].level
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

/** Takes what is wrong with a config: all that the parts of the compiler know of the report. */
export interface Reporter {
  /** Notes a problem. `other` is the second place that the message speaks of. */
  add(problem: Problem, origin: Origin, part?: 'key' | 'value', other?: Origin): void
  addAll(problems: readonly Problem[], origin: Origin): void
  /** Notes that a map lacks something, unless a key in it is unknown: that may be the one that is missed. */
  addMissing(problem: Problem, origin: Origin): void
  /**
   * Whether a search for what is only a help, such as the name that was meant, may still take so many steps: hundreds
   * of mistakes among thousands of names would take minutes.
   */
  affords(steps: number): boolean
}

/** Thrown where going on with a config would take more than seconds, or more memory than there is. */
export class LoadStopped extends Error {
  constructor(
    readonly problem: Problem,
    readonly origin: Origin,
  ) {
    super(problem.message)
  }
}
