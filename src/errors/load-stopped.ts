import type { Origin } from './origin.js'
import type { Problem } from './problem.js'

/** Thrown where going on with a config would take more than seconds, or more memory than there is. */
export class LoadStopped extends Error {
  constructor(
    readonly problem: Problem,
    readonly origin: Origin,
  ) {
    super(problem.message)
  }
}
