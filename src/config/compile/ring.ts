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
  const plain = accounts.find((account) => !account.enhancedSip)
  if (size < 2 || size > MOST_AT_ONCE) report.add(ringSize(size), origin)
  else if (plain) report.add(notEnhanced(plain.name), origin, 'key')
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

function notEnhanced(account: string): Problem {
  return {
    code: 'ring-enhanced',
    message: `ring needs "Enhanced Programmable SIP Features", which are not said to be enabled on account ${account}`,
    expected: 'enhancedSip: true at the account',
    cure: 'enable them in the Console and write enhancedSip: true at the account, or dial a list',
  }
}
