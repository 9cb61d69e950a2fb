import type { Origin } from './origin.js'
import type { Problem } from './problem.js'

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
