import type { Problem } from '../errors/problem.js'
import { REGIONS } from './regions.js'

/** The edges from which Twilio fetches TwiML. Of Interconnect it names only these five. */
const WEBHOOK_EDGES = [
  ...Object.values(REGIONS),
  ...['ashburn-ix', 'frankfurt-ix', 'london-ix', 'san-jose-ix', 'singapore-ix'],
]

/**
 * What follows the `#` of a webhook URL and says how Twilio connects and tries again. It is never signed.
 * From Twilio's page "Webhooks: connection overrides".
 */
const OVERRIDES: Readonly<Record<string, { readonly expected: string; fits(value: string): boolean }>> = {
  ct: { expected: 'milliseconds to connect, 100 to 10000', fits: within(100, 10_000) },
  rt: { expected: 'milliseconds to answer, 100 to 15000', fits: within(100, 15_000) },
  tt: { expected: 'milliseconds for all tries, 100 to 15000', fits: within(100, 15_000) },
  rc: { expected: 'retries, 0 to 5', fits: within(0, 5) },
  rp: { expected: 'a list of 4xx, 5xx, ct, rt, all', fits: listOf(['4xx', '5xx', 'ct', 'rt', 'all']) },
  sni: { expected: 'y or n', fits: listOf(['y', 'n']) },
  e: { expected: `a list of ${WEBHOOK_EDGES.join(', ')}`, fits: listOf(WEBHOOK_EDGES) },
}

/** Two retries after a failed connection, a timeout or a 5xx, all of them within Twilio's 15 s. */
export const RECOMMENDED_OVERRIDES = 'ct=2000&rt=4000&rc=2&rp=ct,rt,5xx'

/** What is wrong with overrides such as `rc=2&rp=ct,rt,5xx`. Error: `wrong-value`. */
export function overrideProblems(text: string): Problem[] {
  return text.split('&').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=')
    const override = Object.hasOwn(OVERRIDES, key) ? OVERRIDES[key] : undefined
    if (override?.fits(value)) return []
    const expected = override
      ? `${key}=, ${override.expected}`
      : `one of ${Object.keys(OVERRIDES).join(', ')}, each as key=value`
    return [
      {
        code: 'wrong-value' as const,
        message: `"${pair}" is not a connection override of Twilio`,
        expected,
        found: pair,
        help: `write ${RECOMMENDED_OVERRIDES}`,
      },
    ]
  })
}

function within(least: number, most: number): (value: string) => boolean {
  return (value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
}

function listOf(words: readonly string[]): (value: string) => boolean {
  return (value) => value.split(',').every((word) => words.includes(word))
}
