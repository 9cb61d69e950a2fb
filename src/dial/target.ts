import type { Endpoint, Hop } from '../model/config.js'
import type { PassedOver, Target } from '../model/decision.js'
import { CALLER_ID } from '../sip/grammar.js'
import { fillSipUri } from '../sip/uri.js'
import { fillTemplate, type Values } from '../template/template.js'

/** What rings of a hop, and with which caller id. */
export interface HopTargets {
  /** Empty when none of the endpoints can ring. */
  readonly targets: readonly Target[]
  readonly callerId: string | undefined
  readonly passedOver: readonly PassedOver[]
  readonly warnings: readonly string[]
}

/**
 * The URI and headers of each endpoint for one call. One with a URI too long for Twilio is passed over; headers that
 * find no room and a caller id that Twilio would refuse are left out, and the log warns of them.
 */
export function targetsOf(hop: Hop, endpoints: readonly Endpoint[], values: Values): HopTargets {
  const targets: Target[] = []
  const passedOver: PassedOver[] = []
  const warnings: string[] = []
  for (const endpoint of endpoints) {
    const { name, uri, number } = endpoint
    if (!uri) {
      targets.push({ endpoint, address: number! })
      continue
    }
    const filled = fillSipUri(uri, values)
    if ('unfit' in filled) {
      passedOver.push({ hop: name, why: filled.unfit })
      warnings.push(`${name}: ${filled.unfit}`)
      continue
    }
    for (const header of filled.dropped)
      warnings.push(`${name}: header ${header} is left out, the headers would have 1024 characters or more`)
    targets.push({ endpoint, address: filled.text })
  }
  const callerId = targets.length > 0 && hop.callerId ? fillTemplate(hop.callerId, values) : undefined
  if (callerId === undefined || CALLER_ID.test(callerId)) return { targets, callerId, passedOver, warnings }
  warnings.push(refusedCallerId(hop, callerId))
  // the call goes on with the caller's own
  return { targets, callerId: undefined, passedOver, warnings }
}

function refusedCallerId({ name }: Hop, callerId: string): string {
  return `${name}: caller id ${JSON.stringify(callerId)} is left out, it may hold letters, digits and +-_. only`
}
