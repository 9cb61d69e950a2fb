import type { Call } from '../call/call.js'
import type { Config } from '../config/config.js'
import { parseAddress } from '../numbers/address.js'
import { decide } from './decide.js'
import type { Decision } from './decision.js'
import type { State } from './state.js'

/**
 * What becomes of a call that its callee refers to someone else: it is routed as a call to that address. So a REFER
 * reaches what the routes claim and nothing more: no phone number and no host of the referrer's own choosing.
 */
export function refer(config: Config, call: Call, target: string, now: number, state: State): Decision {
  const decision = decide(config, { ...call, to: parseAddress(targetText(target)) }, now, state)
  return { ...decision, reason: `referred to ${target}: ${decision.reason}` }
}

/** Twilio sends `<sip:…>`, `<tel:+1…>` or the bare address; a user part that is a number is that number. */
function targetText(target: string): string {
  const bare = target.replace(/^[^<]*<([^>]*)>.*$/, '$1')
  const number = /^(?:tel|sips?):(\+\d+)(?:[@;?]|$)/i.exec(bare)?.[1]
  return number ?? bare
}
