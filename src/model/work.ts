import { LoadStopped } from '../errors/load-stopped.js'
import type { Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'

/** What a config may come to with all groups and named actions written out: a gigabyte of memory, and seconds. */
const MOST = 1_000_000

/** Counts the hops, actions and closings of a config: small files can stand for more of them than any memory holds. */
export class Work {
  #done = 0

  /** Throws `LoadStopped` when it is too much. */
  add(more: number, origin: Origin): void {
    this.#done += more
    if (this.#done > MOST) throw new LoadStopped(tooMuch, origin)
  }
}

const tooMuch: Problem = {
  code: 'load-limit',
  message: `with all that is named written out, this config comes to more than ${MOST} hops, actions and closings`,
  expected: `at most ${MOST} in all`,
  help: 'let fewer routes lead to large groups and lists',
}
