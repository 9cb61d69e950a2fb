import type { Problem } from '../../fault/problem.js'
import type { DialStep, Hop } from '../config.js'
import type { Origin } from '../source.js'
import type { Context } from './context.js'

/** Twilio's page "TwiML <Dial>": more needs the 24-hour maximum, which the Console can enable. */
const USUAL_TIME_LIMIT = 14_400

export function checkTimeLimit(seconds: number, origin: Origin, { report }: Context): void {
  if (seconds > USUAL_TIME_LIMIT) report.add(longTimeLimit(seconds), origin)
}

/** Every hop of a dial, those of its splits included. */
export function hopsIn(steps: readonly DialStep[]): Hop[] {
  return steps.flatMap((step) => ('hop' in step ? step.hop : step.choices.flatMap(({ hops }) => hops)))
}

/** Warns of endpoints that ring twice in one dial. Only names count: the same address may be reached from two regions. */
export function checkRepeats(steps: readonly DialStep[], { places, report }: Context): void {
  const seen = new Map<string, Origin>()
  for (const hop of hopsIn(steps)) {
    const origin = places.get(hop)!
    for (const { name } of hop.endpoints) {
      const earlier = seen.get(name)
      if (earlier) report.add(twice(name), origin, 'value', earlier)
      else seen.set(name, origin)
    }
  }
}

function longTimeLimit(seconds: number): Problem {
  return {
    code: 'time-limit-account',
    message: `a timeLimit of ${seconds} works only on accounts with the 24-hour maximum`,
    expected: `${USUAL_TIME_LIMIT} seconds at most on other accounts`,
    found: String(seconds),
    cure: `enable "24-Hour Maximum Call Duration" in the Console, or write ${USUAL_TIME_LIMIT}`,
  }
}

function twice(name: string): Problem {
  return {
    code: 'hop-twice',
    message: `${name} stands twice in this dial`,
    expected: 'each endpoint once',
    found: name,
    cure: 'remove one of the two',
  }
}
