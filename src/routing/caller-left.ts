import type { Decision } from '../model/decision.js'

/** What becomes of a call whose caller has left: nobody is rung for it, and nothing that is said would be heard. */
export function callerLeft({ route, rule }: Pick<Decision, 'route' | 'rule'>): Decision {
  return {
    route,
    claim: '',
    rule,
    skipped: [],
    reason: 'the caller has left',
    steps: [{ verb: 'hangup' }],
    passedOver: [],
    warnings: [],
    outcome: 'canceled',
  }
}
