import { WrongQuestion } from './wrong.js'

/**
 * Reads `NAME=VALUE` pairs. The name ends at the last `=` for outcomes, since a SIP URI may hold others; at the first
 * for parameters, whose values may. `what` names them in the message of the `WrongQuestion` for one without `=`.
 */
export function readPairs(texts: readonly string[], what: 'param' | 'outcome'): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null)
  for (const text of texts) {
    const at = what === 'param' ? text.indexOf('=') : text.lastIndexOf('=')
    if (at < 1) throw new WrongQuestion(`"${text}" is not ${EXPECTED[what]}`)
    pairs[text.slice(0, at)] = text.slice(at + 1)
  }
  return pairs
}

const EXPECTED = { param: 'NAME=VALUE', outcome: 'ENDPOINT=OUTCOME, such as frankfurt=503' }
