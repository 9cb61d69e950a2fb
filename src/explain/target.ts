import type { Target } from '../model/decision.js'
import { cut } from '../sip/cut.js'
import { percentDecode } from '../sip/escape.js'
import type { ExplainedTarget } from './explanation.js'

/** Takes the address of a `<Sip>` or `<Number>` apart, for people and for tests. */
export function explainTarget(
  { endpoint, address }: Target,
  mask: (text: string) => string,
): ExplainedTarget {
  // "?" and ";" may stand in the user part as well (RFC 3261 §25.1), which ends at the only "@"
  const [uri, headers] = cut(address, '?', address.indexOf('@') + 1)
  const place = uri.slice(uri.indexOf('@') + 1)
  return {
    endpoint: mask(endpoint.name),
    uri: mask(uri),
    region: /;(?:region|edge)=([^;]+)/i.exec(place)?.[1] ?? '',
    headers: Object.fromEntries((headers?.split('&') ?? []).map((pair) => header(pair, mask))),
  }
}

/** dialsip wrote the headers itself, so they are well-formed. */
function header(pair: string, mask: (text: string) => string): [name: string, value: string] {
  const [name, value] = pair.split('=') as [string, string]
  return [percentDecode(name)!, mask(percentDecode(value)!)]
}
