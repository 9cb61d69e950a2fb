import type { Target } from '../routing/decision.js'
import { percentDecode } from '../sip/escape.js'
import type { ExplainedTarget } from './explanation.js'

/** Takes the address of a `<Sip>` or `<Number>` apart, for people and for tests. */
export function explainTarget(
  { endpoint, address }: Target,
  mask: (text: string) => string,
): ExplainedTarget {
  const [uri = '', headers = ''] = address.split('?')
  const pairs = headers.split('&').filter((pair) => pair !== '')
  return {
    endpoint: mask(endpoint.name),
    uri: mask(uri),
    region: /;(?:region|edge)=([^;]+)/i.exec(uri)?.[1] ?? '',
    headers: Object.fromEntries(pairs.map((pair) => header(pair, mask))),
  }
}

/** dialsip wrote the headers itself, so they are well-formed. */
function header(pair: string, mask: (text: string) => string): [name: string, value: string] {
  const [name, value] = pair.split('=') as [string, string]
  return [percentDecode(name)!, mask(percentDecode(value)!)]
}
