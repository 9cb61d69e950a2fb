/** More calls in line than this would wait longer than any client does. */
const MOST_WAITING = 1000

/** Too many calls wait already. */
export class LineFull extends Error {
  constructor(
    /** About how long until the line has room for one more. */
    readonly seconds: number,
  ) {
    super(`${MOST_WAITING} outbound calls wait already`)
  }
}

/** The client that asked for a call has gone while it waited. */
export class NobodyWaits extends Error {
  constructor() {
    super('the client that asked for the call has gone while it waited, so it was not placed')
  }
}

interface Clock {
  now(): number
  pause(milliseconds: number): Promise<void>
}

/** Lets calls start one after the other, so many a second; the others wait in line. */
export class Pace {
  #free = 0
  #waiting = 0

  constructor(readonly clock: Clock) {}

  /** How many wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** Resolves when the next call may start. Throws `LineFull` at once when the line is too long. */
  async turn(cps: number): Promise<void> {
    if (this.#waiting >= MOST_WAITING) throw new LineFull(Math.ceil(1 / cps))
    const now = this.clock.now()
    const start = Math.max(now, this.#free)
    this.#free = start + 1000 / cps
    if (start === now) return
    this.#waiting += 1
    try {
      await this.clock.pause(start - now)
    } finally {
      this.#waiting -= 1
    }
  }
}
