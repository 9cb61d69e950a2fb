import { z } from 'zod'
import type { OutcomeClass } from '../call/outcome.js'
import type { Standing } from '../model/state.js'
import { Table } from './shared-rows.js'

/** The health of one endpoint, for people. */
export interface EndpointHealth {
  readonly standing: Standing
  /** Why it is not up; empty while it is. */
  readonly reason: string
  /** Epoch milliseconds at which it is up again; undefined when only an operator or a successful call changes it. */
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
  /** The call that tries it after an ejection, and when its outcome is taken for lost. */
  trial: z.object({ callSid: z.string(), until: z.number() }).optional(),
})

type FailingRow = z.output<typeof failingRow>

const drainRow = z.object({ reason: z.string(), until: z.number().optional() })

/** An endpoint that fails so often in a row is ejected. */
const FAILURES_TO_EJECT = 3
const EJECTION_MS = 30_000
const LONGEST_EJECTION_MS = 300_000

/** Outcomes that count as failures of an endpoint. */
export const FAILURES: readonly OutcomeClass[] = ['unreachable', 'serverError']

/** Outcomes that say nothing about the endpoint: the caller left before it answered. */
const SILENT: readonly OutcomeClass[] = ['canceled']

const NO_FAILURES = { failures: 0, ejections: 0, ejectedUntil: 0, trial: undefined }
const UP: EndpointHealth = { standing: 'up', reason: '', until: undefined }

/**
 * Keeps the health of endpoints by name, so that it survives a reload: three failures in a row eject one for 30 s
 * times the number of its ejections, at most 300 s. Any other answer restores it; a drain ends by hand or by time.
 * After an ejection one call at a time tries it, and for the others it is still ejected; if that call fails too, so is it.
 */
export class Health {
  readonly failing = new Table('failing', failingRow)
  readonly drains = new Table('drains', drainRow)

  /**
   * Notes what came of a call to an endpoint; says whether it was ejected by it. `at`, in epoch milliseconds, is
   * when the endpoint gave that answer: an answer from before the last failure restores nothing. `wasTrial`: it is the
   * outcome of the call that tried the endpoint after an ejection.
   */
  note(endpoint: string, outcome: OutcomeClass, at: number, code?: number, wasTrial = false): boolean {
    if (SILENT.includes(outcome)) return false
    const known = this.failing.get(endpoint)
    if (!FAILURES.includes(outcome)) {
      if (known && known.lastFailure <= at) this.failing.delete(endpoint)
      return false
    }
    const { failures, ejections, ejectedUntil, trial } = known ?? NO_FAILURES
    const ejected = wasTrial || failures + 1 >= FAILURES_TO_EJECT
    const last = code ? `${outcome} (${code})` : outcome
    this.failing.set(endpoint, {
      failures: ejected ? 0 : failures + 1,
      ejections: ejected ? ejections + 1 : ejections,
      ejectedUntil: ejected ? at + ejectionMs(ejections + 1) : ejectedUntil,
      lastFailure: at,
      last,
      ...(!ejected && trial && { trial }),
    })
    return ejected
  }

  /**
   * A call is about to ring an endpoint: if its ejection is over, this call tries it. Until its outcome is noted, at most
   * until a time in epoch milliseconds, the endpoint is ejected for all others.
   */
  beginTrial(endpoint: string, callSid: string, until: number, now: number): void {
    const failing = this.failing.get(endpoint)
    if (!failing || failing.ejections === 0 || failing.ejectedUntil > now || isTried(failing, now)) return
    this.failing.set(endpoint, { ...failing, trial: { callSid, until } })
  }

  /** The outcome of a call is known, or never will be; says whether it was the one that tried the endpoint. */
  endTrial(endpoint: string, callSid: string): boolean {
    const known = this.failing.get(endpoint)
    if (known?.trial?.callSid !== callSid) return false
    const { trial: _ended, ...failing } = known
    this.failing.set(endpoint, failing)
    return true
  }

  /** Takes an endpoint out by hand, with the reason given for it, until it is restored or the time has come. */
  drain(endpoint: string, reason: string, until?: number): void {
    this.drains.set(endpoint, { reason, until })
  }

  /** Forgets the failures, the ejections and the drain of an endpoint. */
  restore(endpoint: string): void {
    this.drains.delete(endpoint)
    this.failing.delete(endpoint)
  }

  /** What `of` says, without the words; for the call that tries an endpoint it is up. */
  standing(endpoint: string, now: number, callSid = ''): Standing {
    if (isDrained(this.drains.get(endpoint), now)) return 'drained'
    const failing = this.failing.get(endpoint)
    if (!failing) return 'up'
    if (failing.ejectedUntil > now) return 'ejected'
    return isTried(failing, now) && failing.trial!.callSid !== callSid ? 'ejected' : 'up'
  }

  of(endpoint: string, now: number): EndpointHealth {
    const drain = this.drains.get(endpoint)
    if (isDrained(drain, now)) return { standing: 'drained', reason: drain!.reason, until: drain!.until }
    const failing = this.failing.get(endpoint)
    if (!failing) return UP
    const { ejections, ejectedUntil, last, trial } = failing
    const reason = `${FAILURES_TO_EJECT} failures in a row, the last one ${last}; ejection ${ejections}`
    if (ejectedUntil > now) return { standing: 'ejected', reason, until: ejectedUntil }
    if (!isTried(failing, now)) return UP
    return { standing: 'ejected', reason: `${reason} is over, one call tries it`, until: trial!.until }
  }
}

function ejectionMs(ejections: number): number {
  return Math.min(EJECTION_MS * ejections, LONGEST_EJECTION_MS)
}

/** Whether a call tries an endpoint whose ejection is over. */
function isTried({ trial }: FailingRow, now: number): boolean {
  return trial !== undefined && trial.until > now
}

function isDrained(drain: z.output<typeof drainRow> | undefined, now: number): boolean {
  return drain !== undefined && (drain.until ?? Number.POSITIVE_INFINITY) > now
}
