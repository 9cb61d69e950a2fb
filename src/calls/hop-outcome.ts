import type { OutcomeClass } from '../call/outcome.js'
import { BETWEEN_ENDPOINTS } from '../dial/plan.js'
import type { CallRecord, HopRecord } from './call-record.js'

/**
 * What came of a hop of a call that is over. The ends of a call and of its last hop are told by two webhooks that may
 * come in any order: while the hop still waits, it was answered, or the caller has hung up.
 */
export function hopOutcome({ hop, outcome }: HopRecord, { answered }: CallRecord): OutcomeClass {
  if (outcome) return outcome
  return hop.split(BETWEEN_ENDPOINTS).some((endpoint) => answered.includes(endpoint))
    ? 'answered'
    : 'canceled'
}
