import type { OutcomeClass } from '../call/outcome.js'

/** When `failoverOn` is not set: the endpoint could not take the call, nobody decided about it. */
export const FAILOVER_ON: readonly string[] = ['unreachable', 'serverError', 'rejected']

/** Whether the next hop is tried after an outcome: its class or its SIP code is in `failoverOn`. */
export function goesOn(
  failoverOn: readonly string[],
  outcome: OutcomeClass,
  code: number | undefined,
): boolean {
  return failoverOn.includes(outcome) || failoverOn.includes(String(code))
}
