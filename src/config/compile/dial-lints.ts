import type { Problem } from '../../fault/problem.js'
import type { DialAction, DialStep, Hop, PublicUrl, Route } from '../config.js'
import type { Report } from '../report.js'
import { below, type Origin } from '../source.js'
import type { PlacedClaim } from './claims.js'
import type { Context } from './context.js'

/** Warns of what a dial does twice, and of what works on some accounts only. */
export function lintDial({ steps }: DialAction, origin: Origin, { report, accounts }: Context): void {
  const here = below(origin, 'dial')
  const hops = hopsOf(steps)
  const names = hops.flatMap((hop) => hop.endpoints.map((endpoint) => endpoint.name))
  const twice = names.filter((name, at) => names.indexOf(name) < at)
  for (const name of new Set(twice)) report.add(hopTwice(name), here)
  const plain = accounts.filter((account) => !account.enhancedSip).map((account) => account.name)
  if (plain.length > 0 && hops.some((hop) => hop.endpoints.length > 1)) report.add(ringEnhanced(plain), here)
}

function hopsOf(steps: readonly DialStep[]): Hop[] {
  return steps.flatMap((step) => ('hop' in step ? step.hop : step.choices.flatMap((choice) => choice.hops)))
}

function hopTwice(found: string): Problem {
  return {
    code: 'hop-twice',
    message: `${found} stands twice in this dial`,
    expected: 'each endpoint once',
    found,
    cure: 'remove one of the two',
  }
}

function ringEnhanced(accounts: readonly string[]): Problem {
  const all = accounts.join(', ')
  return {
    code: 'ring-enhanced',
    message: `without Enhanced Programmable SIP Features Twilio rings one endpoint only: ${all}`,
    expected: 'enhancedSip: true at each account, once it is enabled in the Console',
    found: all,
    cure: 'enable it and say so with enhancedSip: true, or write a list of hops',
  }
}

/** What stands beside a dial, in one entry of it, or under `defaults`. */
type Source = Readonly<Record<string, unknown>>

/** What `timeLimit` may be on every account, in seconds (Twilio, "TwiML <Dial>"). */
const USUAL_TIME_LIMIT = 14_400

/** Warns of a `timeLimit` that some accounts refuse. */
export function lintTimeLimit(source: Source | string, origin: Origin, report: Report): void {
  const { timeLimit } = Object(source) as { timeLimit?: number }
  if (timeLimit === undefined || timeLimit <= USUAL_TIME_LIMIT) return
  report.add(
    {
      code: 'time-limit-account',
      message: `a timeLimit of ${timeLimit} works only with the 24-hour maximum of the account`,
      expected: `at most ${USUAL_TIME_LIMIT} seconds on other accounts`,
      found: String(timeLimit),
      cure: `write ${USUAL_TIME_LIMIT}, or enable the 24-hour maximum in the Console`,
    },
    below(origin, 'timeLimit'),
  )
}

/** Warns of calls that come in by SIP and go out to the telephone network under a number that is not one's own. */
export function lintCallerIds({ name, rules }: Route, claims: readonly PlacedClaim[], report: Report): void {
  const sip = claims.find(({ pattern }) => pattern.kind === 'sip' || pattern.kind === 'sip-prefix')
  if (!sip) return
  const dials = rules.flatMap((rule) => rule.actions.actions.filter((action) => action.verb === 'dial'))
  const bare = dials.flatMap(({ steps }) => hopsOf(steps)).find(lacksCallerId)
  if (bare) report.add(callerIdMissing(name, bare), sip.origin)
}

function lacksCallerId({ endpoints, callerId }: Hop): boolean {
  return callerId === undefined && endpoints.some((endpoint) => endpoint.number !== undefined)
}

function callerIdMissing(route: string, { name }: Hop): Problem {
  return {
    code: 'caller-id-missing',
    message: `route ${route} takes SIP callers and dials ${name} without a callerId, which Twilio refuses`,
    expected: 'callerId with a number that you own, here or under defaults',
    cure: 'add callerId',
  }
}

/** Warns of a screening document that dialsip itself would answer: it dials, which no such document may. */
export function lintScreen(source: Source, origin: Origin, { report, publicUrl }: Context): void {
  const { screen } = source
  if (typeof screen === 'string' && isBelow(screen, publicUrl))
    report.add(ownDocument(screen), below(origin, 'screen'))
}

function isBelow(url: string, publicUrl: PublicUrl): boolean {
  return url === publicUrl.href || url.startsWith(`${publicUrl.href}/`)
}

function ownDocument(found: string): Problem {
  return {
    code: 'screen-document',
    message: `${found} is answered by dialsip with a <Dial>, which a screening document must not hold (error 13201)`,
    expected: 'a document that only says and gathers',
    found,
    cure: 'write screen: true, or the URL of a document of yours',
  }
}
