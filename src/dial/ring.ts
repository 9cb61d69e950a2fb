import type { Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Account, Endpoint } from '../model/config.js'
import type { DialContext } from './dial-context.js'

/** Twilio's page "TwiML <Sip>": up to ten in one Dial. */
const MOST_AT_ONCE = 10

/** Checks what rings at once. A member that is in doubt counts as one. */
export function checkRing(
  members: readonly unknown[],
  endpoints: readonly Endpoint[],
  origin: Origin,
  { accounts, report }: DialContext,
): void {
  const numbersOnly = endpoints.every(({ number }) => number !== undefined)
  const problem = ringProblem(Math.max(members.length, endpoints.length), numbersOnly, accounts)
  if (problem) report.add(problem, origin, problem.code === 'ring-size' ? 'value' : 'key')
}

/**
 * What speaks against so many at once: their number, or that the accounts may not. Phone numbers alone ring at once
 * on every account (Twilio, "TwiML <Number>").
 */
export function ringProblem(
  size: number,
  numbersOnly: boolean,
  accounts: readonly Account[],
): Problem | undefined {
  if (size < 2 || size > MOST_AT_ONCE) return ringSize(size)
  if (numbersOnly) return undefined
  const plain = accounts.filter((account) => !account.enhancedSip).map((account) => account.name)
  return plain.length > 0 ? notEnhanced(plain.join(', ')) : undefined
}

function ringSize(size: number): Problem {
  return {
    code: 'ring-size',
    message: `ring holds ${size === 1 ? 'one endpoint' : `${size} endpoints`}`,
    expected: `from 2 to ${MOST_AT_ONCE}`,
    found: String(size),
    help: size < 2 ? 'dial it without ring' : 'put some of them into a later hop',
  }
}

function notEnhanced(accounts: string): Problem {
  return {
    code: 'ring-enhanced',
    message: `without Enhanced Programmable SIP Features Twilio rings one endpoint only: ${accounts}`,
    expected: 'enhancedSip: true at each account, once it is enabled in the Console',
    help: 'enable it and say so with enhancedSip: true, or write a list of hops',
  }
}
