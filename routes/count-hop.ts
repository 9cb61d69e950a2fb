import type { OutcomeClass } from '../src/call/outcome.js'
import type { CallRecord } from '../src/calls/call-record.js'
import type { Service } from './service.js'

/** What ended, and how the call goes on. */
interface Ended {
  readonly endpoints: readonly string[]
  readonly outcome: OutcomeClass
  /** Whether a next hop rings. */
  readonly goesOn: boolean
}

/**
 * Counts a hop at each of its endpoints. Of several that rang at once Twilio tells one outcome: if a callback said who
 * answered, the others count as canceled.
 */
export function countHop(
  { meters, active }: Service,
  { answered }: CallRecord,
  ended: Ended,
  now: number,
): void {
  const { endpoints, outcome, goesOn } = ended
  const knowsWho = outcome === 'answered' && endpoints.some((endpoint) => answered.includes(endpoint))
  for (const endpoint of endpoints) {
    const own = knowsWho && !answered.includes(endpoint) ? 'canceled' : outcome
    meters.hop(active.config, endpoint, own, now)
    if (goesOn) meters.failover(active.config, endpoint)
  }
}
