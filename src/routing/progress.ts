import type { Call } from '../call/call.js'
import { REACHED_CLASSES } from '../call/outcome.js'
import type { Values } from '../call/values.js'
import type { Tried } from '../dial/plan.js'
import { BETWEEN_ENDPOINTS } from '../dial/plan.js'
import type { Config, Endpoint } from '../model/config.js'
import type { PassedOver } from '../model/decision.js'
import type { State } from '../model/state.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { addressOf } from '../sip/uri.js'

/** What the parts of one decision share: the call, the world, and what is noted on the way. */
export interface Progress {
  readonly config: Config
  readonly call: Call
  readonly values: Values
  readonly state: State
  readonly route: string
  readonly rule: string
  readonly tried: readonly Tried[]
  readonly passedOver: PassedOver[]
  readonly warnings: string[]
}

/**
 * Says of an endpoint whether it was reached in this call already: it answered, was busy or declined, under this
 * or another name for the same address. Such a one is never rung again.
 */
export function reachedIn({
  config,
  tried,
}: Pick<Progress, 'config' | 'tried'>): (endpoint: Endpoint) => boolean {
  const names = tried
    .filter(({ outcome }) => REACHED_CLASSES.includes(outcome))
    .flatMap(({ hop }) => hop.split(BETWEEN_ENDPOINTS))
  if (names.length === 0) return () => false
  const addresses = new Set(names.map((name) => config.endpoints.get(name)?.address ?? bareAddress(name)))
  return ({ name, address }) => names.includes(name) || addresses.has(address)
}

/** The address of a bare SIP URI, which is its own name; a name that is gone from the config has none. */
function bareAddress(name: string): string | undefined {
  const { value } = parseSipUri(name, () => true)
  return value && addressOf(value)
}
