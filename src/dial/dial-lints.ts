import { below, type Item, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { Reporter } from '../errors/reporter.js'
import type { DialEntry, Hop, PublicUrl } from '../model/config.js'
import type { DialContext } from './dial-context.js'
import { hopsIn } from './hops-in.js'

/**
 * Warns of endpoints that ring twice in one dial. Only names count: the same address may be reached from two regions.
 * `made` says where each hop stands. No warning of a delayed ring: of a ring with more endpoints than the hop before,
 * after nobody has answered there.
 */
export function checkRepeats(
  steps: readonly DialEntry[],
  failoverOn: readonly string[],
  made: readonly Item<Hop>[],
  report: Reporter,
): void {
  if (!mayRepeat(made)) return
  const ringsOn = failoverOn.includes('noAnswer') || failoverOn.includes('487')
  const seen = new Map<string, Hop>()
  for (const hop of hopsIn(steps)) {
    for (const { name } of hop.endpoints) {
      const earlier = seen.get(name)
      if (earlier && !(ringsOn && isWider(hop, earlier)))
        report.add(hopTwice(name), originOf(hop), 'value', originOf(earlier))
      else seen.set(name, hop)
    }
  }

  function originOf(hop: Hop): Origin {
    return made.find(({ value }) => value === hop)!.origin
  }
}

/** Whether all that rang in the earlier hop ring in this one, and others with them. */
function isWider(hop: Hop, earlier: Hop): boolean {
  const names = hop.endpoints.map(({ name }) => name)
  return (
    names.length > earlier.endpoints.length && earlier.endpoints.every(({ name }) => names.includes(name))
  )
}

/** Whether it is worth a closer look: two hops are called the same, or one has several endpoints. */
function mayRepeat(made: readonly Item<Hop>[]): boolean {
  return made.some(
    ({ value: { name, endpoints } }, at) =>
      endpoints.length > 1 || made.findIndex(({ value }) => value.name === name) < at,
  )
}

function hopTwice(found: string): Problem {
  return {
    code: 'hop-twice',
    message: `${found} stands twice in this dial`,
    expected: 'each endpoint once',
    found,
    help: 'remove one of the two',
  }
}

/** What stands beside a dial, in one entry of it, at an endpoint, or under `defaults`. */
type Source = Readonly<Record<string, unknown>>

/** What `timeLimit` may be on every account, in seconds (Twilio, "TwiML <Dial>"). */
const USUAL_TIME_LIMIT = 14_400

/** Warns of a `timeLimit` that some accounts refuse. */
export function lintTimeLimit(source: Source, origin: Origin, report: Reporter): void {
  const { timeLimit } = source as { timeLimit?: number }
  if (timeLimit === undefined || timeLimit <= USUAL_TIME_LIMIT) return
  report.add(
    {
      code: 'time-limit-account',
      message: `a timeLimit of ${timeLimit} works only with the 24-hour maximum of the account`,
      expected: `at most ${USUAL_TIME_LIMIT} seconds on other accounts`,
      found: String(timeLimit),
      help: `write ${USUAL_TIME_LIMIT}, or enable the 24-hour maximum in the Console`,
    },
    below(origin, 'timeLimit'),
  )
}

/** Warns of a screening document that dialsip itself would answer: it dials, which no such document may. */
export function lintScreen(source: Source, origin: Origin, { report, publicUrl }: DialContext): void {
  for (const key of ['screen', 'url'] as const) {
    const url = source[key]
    if (typeof url === 'string' && isBelow(url, publicUrl)) report.add(ownDocument(url), below(origin, key))
  }
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
    help: 'write screen: true, or the URL of a document of yours',
  }
}
