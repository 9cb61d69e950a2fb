import type { Problem } from '../../fault/problem.js'
import type { Endpoint } from '../config.js'
import type { Origin } from '../source.js'
import type { Context } from './context.js'

/** Twilio's page "TwiML <Sip>": up to ten in one Dial. */
const MOST_AT_ONCE = 10

/** Checks what rings at once: how many, and whether the accounts may. A member that is in doubt counts as one. */
export function checkRing(
  members: readonly unknown[],
  endpoints: readonly Endpoint[],
  origin: Origin,
  { accounts, report }: Context,
): void {
  const size = Math.max(members.length, endpoints.length)
  const plain = accounts.filter((account) => !account.enhancedSip).map((account) => account.name)
  if (size < 2 || size > MOST_AT_ONCE) report.add(ringSize(size), origin)
  else if (plain.length > 0) report.add(notEnhanced(plain.join(', ')), origin, 'key')
}

function ringSize(size: number): Problem {
  return {
    code: 'ring-size',
    message: `ring holds ${size === 1 ? 'one endpoint' : `${size} endpoints`}`,
    expected: `from 2 to ${MOST_AT_ONCE}`,
    found: String(size),
    cure: size < 2 ? 'dial it without ring' : 'put some of them into a later hop',
  }
}

function notEnhanced(accounts: string): Problem {
  return {
    code: 'ring-enhanced',
    message: `without Enhanced Programmable SIP Features Twilio rings one endpoint only: ${accounts}`,
    expected: 'enhancedSip: true at each account, once it is enabled in the Console',
    cure: 'enable it and say so with enhancedSip: true, or write a list of hops',
  }
}
