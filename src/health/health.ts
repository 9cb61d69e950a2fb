import type { OutcomeClass } from '../call/outcome.js'
import type { Standing, State } from '../routing/state.js'

/** How one endpoint is known to stand, for people. */
export interface EndpointHealth {
  readonly standing: Standing
  /** Why it is not up; empty while it is. */
  readonly reason: string
  /** Epoch milliseconds at which it is up again; undefined when nothing but a hand or a good call changes it. */
  readonly until: number | undefined
}

interface Entry {
  failures: number
  ejections: number
  ejectedUntil: number
  drained: string | undefined
}

/** An endpoint that fails so often in a row is ejected. */
const FAILURES_TO_EJECT = 3
const EJECTION_MS = 30_000
const LONGEST_EJECTION_MS = 300_000

const FAILURES: readonly OutcomeClass[] = ['unreachable', 'serverError']

/** Outcomes that say nothing of the endpoint: the caller left before it could show itself. */
const SILENT: readonly OutcomeClass[] = ['canceled']

/**
 * Keeps the health of endpoints by name, so that it survives a reload: three failures in a row eject one for 30 s
 * times the number of its ejections, at most 300 s. Any other answer restores it.
 */
export class Health {
  readonly #entries = new Map<string, Entry>()

  /** Notes what came of a call to an endpoint; says whether it was ejected by it. */
  note(endpoint: string, outcome: OutcomeClass, now: number): boolean {
    if (SILENT.includes(outcome)) return false
    if (!FAILURES.includes(outcome)) {
      const entry = this.#entries.get(endpoint)
      if (entry?.drained === undefined) this.#entries.delete(endpoint)
      else Object.assign(entry, UNHURT)
      return false
    }
    const entry = this.#entryOf(endpoint)
    entry.failures += 1
    if (entry.failures < FAILURES_TO_EJECT) return false
    entry.failures = 0
    entry.ejections += 1
    entry.ejectedUntil = now + Math.min(EJECTION_MS * entry.ejections, LONGEST_EJECTION_MS)
    return true
  }

  /** Takes an endpoint out by hand, with the reason given for it. */
  drain(endpoint: string, reason: string): void {
    this.#entryOf(endpoint).drained = reason
  }

  /** Forgets everything that speaks against an endpoint. */
  restore(endpoint: string): void {
    this.#entries.delete(endpoint)
  }

  of(endpoint: string, now: number): EndpointHealth {
    const entry = this.#entries.get(endpoint)
    if (entry?.drained !== undefined) return { standing: 'drained', reason: entry.drained, until: undefined }
    if (entry && entry.ejectedUntil > now) {
      const reason = `${FAILURES_TO_EJECT} failures in a row, ejected ${entry.ejections} times`
      return { standing: 'ejected', reason, until: entry.ejectedUntil }
    }
    return { standing: 'up', reason: '', until: undefined }
  }

  /** The state of all endpoints at one instant, as `decide` wants it. */
  at(now: number): State {
    return { standing: (endpoint) => this.of(endpoint, now).standing }
  }

  #entryOf(endpoint: string): Entry {
    let entry = this.#entries.get(endpoint)
    if (!entry) {
      entry = { ...UNHURT, drained: undefined }
      this.#entries.set(endpoint, entry)
    }
    return entry
  }
}

const UNHURT = { failures: 0, ejections: 0, ejectedUntil: 0 }
