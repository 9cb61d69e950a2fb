import type { Call } from '../call/call.js'
import type { Config } from '../model/config.js'
import type { Decision } from '../model/decision.js'
import type { State } from '../model/state.js'
import { withoutPasswords } from '../sip/without-passwords.js'
import { decide } from './decide.js'

/**
 * What becomes of a call that its callee refers to someone else: it is routed as a call to that address. So a REFER
 * reaches what the routes claim and nothing more: no phone number and no host of the referrer's own choosing.
 */
export function refer(config: Config, call: Call, now: number, state: State): Decision {
  const decision = decide(config, call, now, state)
  return { ...decision, reason: `referred to ${withoutPasswords(call.referred!)}: ${decision.reason}` }
}
