import { FINAL_STATUSES } from '../call/outcome.js'
import { RecentKeys } from '../calls/recent-keys.js'

/**
 * What came of a leg of which nothing was heard in time: it was cancelled; it rings or talks; it is over; Twilio could
 * not be asked or did not do it; it must not be asked, or too many legs were silent.
 */
export const NO_PROGRESS_RESULTS = ['canceled', 'ringing', 'over', 'failed', 'skipped'] as const
export type NoProgressResult = (typeof NO_PROGRESS_RESULTS)[number]

/** The time as the watch sees it. */
export interface WatchClock {
  /** Milliseconds since any fixed moment. */
  now(): number
  /** Does something after so many milliseconds; what it gives back prevents that. */
  after(milliseconds: number, act: () => void): () => void
}

/** A leg that must ring or be answered in time. */
export interface WatchedLeg {
  /** Its own CallSid. */
  readonly callSid: string
  /** The CallSid of the call that it belongs to. */
  readonly parent: string
  readonly endpoint: string
  /** Looks it up at Twilio; undefined when it must not be asked. Rejects when it cannot be. */
  look(): Promise<LookedUpLeg | undefined>
  /** Called once if nothing was heard in time; `why` is there for a failure. */
  ended(result: NoProgressResult, why?: string): void
}

/** A leg as Twilio has it. */
export interface LookedUpLeg {
  /** `CallStatus`. */
  readonly status: string
  /** Sets `Status=canceled`, which ends what is queued or rings and no talk; gives the status that Twilio then says. */
  cancel(): Promise<string>
}

/** So many legs are looked up and cancelled at once; the others wait for their turn. */
const MOST_REQUESTS = 10

/** With so many legs watched, no further one is. */
const MOST_LEGS = 10_000

/** An answer that took longer says nothing of now: the leg may ring since. */
const FRESH_MS = 2_000

/** A leg that Twilio has not yet heard anything of. */
const SILENT_STATUSES = ['queued', 'initiated']

/** The statuses of a leg that rings or is answered. */
const LIVE_STATUSES = ['ringing', 'in-progress']

interface Watched {
  readonly leg: WatchedLeg
  readonly stopClock: () => void
  /** What was heard of it since its clock began. */
  heard: NoProgressResult | undefined
}

interface Ended {
  readonly result: NoProgressResult
  readonly why?: string
}

/**
 * Cancels legs that neither ring nor answer in time. In doubt a leg is left alone: callbacks may be late, lost,
 * doubled or in any order. A leg that was once reported to ring, to be answered or to be over is never cancelled; nor
 * is one of which Twilio says so, gives no answer, or answers too late.
 */
export class ProgressWatch {
  readonly #clock: WatchClock
  readonly #legs = new Map<string, Watched>()
  /** Legs whose time is up, waiting for their turn to be looked up. */
  readonly #due = new Set<Watched>()
  /** Legs that need no watch any more: their `initiated` may come late, or again. */
  readonly #settled = new RecentKeys()
  #requests = 0
  #isStopped = false

  constructor(clock: WatchClock) {
    this.#clock = clock
  }

  /** How many legs are watched. */
  get size(): number {
    return this.#legs.size
  }

  /** A leg was initiated: from now on it has so many seconds. */
  begin(leg: WatchedLeg, seconds: number): void {
    if (this.#isStopped || this.#legs.has(leg.callSid) || this.#settled.has(leg.callSid)) return
    if (this.#legs.size >= MOST_LEGS) {
      leg.ended('skipped', `${MOST_LEGS} legs are watched already`)
      return
    }
    const watched: Watched = {
      leg,
      stopClock: this.#clock.after(1000 * seconds, () => this.#timeIsUp(watched)),
      heard: undefined,
    }
    this.#legs.set(leg.callSid, watched)
  }

  /** A callback said that a leg rings or was answered, or that it is over. */
  hear(callSid: string, what: 'ringing' | 'over'): void {
    this.#settled.first(callSid)
    const watched = this.#legs.get(callSid)
    if (watched) this.#settle(watched, what)
  }

  /** The dial of a call at these endpoints has ended; without endpoints the call itself. */
  end(parent: string, endpoints?: readonly string[]): void {
    for (const watched of this.#legs.values()) {
      const { leg } = watched
      if (leg.parent === parent && (endpoints?.includes(leg.endpoint) ?? true)) this.hear(leg.callSid, 'over')
    }
  }

  /** Stops: nothing is cancelled any more. */
  stop(): void {
    this.#isStopped = true
    for (const watched of this.#legs.values()) this.#settle(watched, 'skipped')
  }

  #settle(watched: Watched, heard: NoProgressResult): void {
    watched.stopClock()
    watched.heard ??= heard
    this.#legs.delete(watched.leg.callSid)
    if (this.#due.delete(watched)) watched.leg.ended(heard)
  }

  #timeIsUp(watched: Watched): void {
    this.#due.add(watched)
    this.#nextRequest()
  }

  #nextRequest(): void {
    const [next] = this.#due
    if (!next || this.#requests >= MOST_REQUESTS) return
    this.#due.delete(next)
    this.#requests += 1
    void this.#request(next)
  }

  async #request(watched: Watched): Promise<void> {
    const { result, why } = await this.#lookAndCancel(watched)
    this.#requests -= 1
    this.#settled.first(watched.leg.callSid)
    this.#legs.delete(watched.leg.callSid)
    watched.leg.ended(result, why)
    this.#nextRequest()
  }

  async #lookAndCancel(watched: Watched): Promise<Ended> {
    const asked = this.#clock.now()
    try {
      const found = await watched.leg.look()
      if (watched.heard) return { result: watched.heard }
      if (!found) return { result: 'skipped' }
      if (!SILENT_STATUSES.includes(found.status)) return endedBy(found.status)
      if (this.#clock.now() - asked > FRESH_MS) return { result: 'failed', why: 'Twilio answered too late' }
      return canceledBy(await found.cancel())
    } catch (error) {
      return watched.heard ? { result: watched.heard } : { result: 'failed', why: (error as Error).message }
    }
  }
}

function endedBy(status: string): Ended {
  if (LIVE_STATUSES.includes(status)) return { result: 'ringing' }
  if (FINAL_STATUSES.includes(status)) return { result: 'over' }
  return { result: 'failed', why: `Twilio says that it is "${status}"` }
}

/** The leg may have been answered, or have ended by itself, when the request came to Twilio. */
function canceledBy(status: string): Ended {
  return status === 'in-progress' || (status !== 'canceled' && FINAL_STATUSES.includes(status))
    ? endedBy(status)
    : { result: 'canceled' }
}
