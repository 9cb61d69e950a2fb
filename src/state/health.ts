import { z } from 'zod'
import type { OutcomeClass } from '../call/outcome.js'
import type { Standing } from '../model/state.js'
import { Table } from './shared-rows.js'

/** The health of one endpoint, for people. */
export interface EndpointHealth {
  readonly standing: Standing
  /** Why it is not up; empty while it is. */
  readonly reason: string
  /** Epoch milliseconds at which it is up again; undefined when nothing but a hand or a good call changes it. */
  readonly until: number | undefined
}

const failingRow = z.object({
  /** Failures in a row since the last ejection. */
  failures: z.number(),
  ejections: z.number(),
  ejectedUntil: z.number(),
  lastFailure: z.number(),
  /** What the last failure was: `serverError (503)`. */
  last: z.string(),
})

const drainRow = z.object({ reason: z.string(), until: z.number().optional() })

/** An endpoint that fails so often in a row is ejected. */
const FAILURES_TO_EJECT = 3
const EJECTION_MS = 30_000
const LONGEST_EJECTION_MS = 300_000

/** Outcomes that speak against an endpoint. */
export const FAILURES: readonly OutcomeClass[] = ['unreachable', 'serverError']

/** Outcomes that say nothing of the endpoint: the caller left before it could show itself. */
const SILENT: readonly OutcomeClass[] = ['canceled']

const UNHURT = { failures: 0, ejections: 0, ejectedUntil: 0 }
const UP: EndpointHealth = { standing: 'up', reason: '', until: undefined }

/**
 * Keeps the health of endpoints by name, so that it survives a reload: three failures in a row eject one for 30 s
 * times the number of its ejections, at most 300 s. Any other answer restores it; a drain ends by hand or by time.
 */
export class Health {
  readonly failing = new Table('failing', failingRow)
  readonly drains = new Table('drains', drainRow)

  /**
   * Notes what came of a call to an endpoint; says whether it was ejected by it. `at`, in epoch milliseconds, is
   * when the endpoint gave that answer: an answer from before the last failure restores nothing.
   */
  note(endpoint: string, outcome: OutcomeClass, at: number, code?: number): boolean {
    if (SILENT.includes(outcome)) return false
    const known = this.failing.get(endpoint)
    if (!FAILURES.includes(outcome)) {
      if (known && known.lastFailure <= at) this.failing.delete(endpoint)
      return false
    }
    const { failures, ejections, ejectedUntil } = known ?? UNHURT
    const ejected = failures + 1 >= FAILURES_TO_EJECT
    const last = code ? `${outcome} (${code})` : outcome
    this.failing.set(endpoint, {
      failures: ejected ? 0 : failures + 1,
      ejections: ejected ? ejections + 1 : ejections,
      ejectedUntil: ejected ? at + ejectionMs(ejections + 1) : ejectedUntil,
      lastFailure: at,
      last,
    })
    return ejected
  }

  /** Takes an endpoint out by hand, with the reason given for it, until it is restored or the time has come. */
  drain(endpoint: string, reason: string, until?: number): void {
    this.drains.set(endpoint, { reason, until })
  }

  /** Forgets everything that speaks against an endpoint. */
  restore(endpoint: string): void {
    this.drains.delete(endpoint)
    this.failing.delete(endpoint)
  }

  /** What `of` says, without the words. */
  standing(endpoint: string, now: number): Standing {
    if (isOn(this.drains.get(endpoint), now)) return 'drained'
    return (this.failing.get(endpoint)?.ejectedUntil ?? 0) > now ? 'ejected' : 'up'
  }

  of(endpoint: string, now: number): EndpointHealth {
    const drain = this.drains.get(endpoint)
    if (isOn(drain, now)) return { standing: 'drained', reason: drain!.reason, until: drain!.until }
    const failing = this.failing.get(endpoint)
    if (!failing || failing.ejectedUntil <= now) return UP
    const { ejections, ejectedUntil, last } = failing
    const reason = `${FAILURES_TO_EJECT} failures in a row, the last one ${last}; ejection ${ejections}`
    return { standing: 'ejected', reason, until: ejectedUntil }
  }
}

function ejectionMs(ejections: number): number {
  return Math.min(EJECTION_MS * ejections, LONGEST_EJECTION_MS)
}

function isOn(drain: z.output<typeof drainRow> | undefined, now: number): boolean {
  return drain !== undefined && (drain.until ?? Number.POSITIVE_INFINITY) > now
}
