import { ERROR_CODES, type Level } from './codes.js'
import type { Problem } from './problem.js'

/** Where in the YAML tree something stands: keys and list positions from the top of its file. */
export type Path = readonly (string | number)[]

/** A stretch of one line of a file. Lines and columns count from 1, as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** How many characters the caret underlines, at least 1. */
  readonly length: number
  /** The line as it stands in the file, secrets included: the printer shows it, nothing else does. */
  readonly text: string
}

/** A problem with its place: what `check` prints and what stops `serve`. */
export interface ConfigError extends Problem {
  readonly level: Level
  readonly path: Path
  readonly place: Place
  /** A second place that the message speaks of, such as the other claim of the same number. */
  readonly other?: Place
}

/** `routes[2].rules[0].dial`: a path as the messages and the manual write it. */
export function pathText(path: Path): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join('')
}

export function levelOf(problem: Problem): Level {
  return ERROR_CODES[problem.code].level
}
