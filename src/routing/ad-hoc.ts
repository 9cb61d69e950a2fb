import type { ActionList, Config, DialAction, DialStep, Endpoint, Hop } from '../config/config.js'
import { isE164 } from '../numbers/e164.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { addressOf } from '../sip/uri.js'
import { isVoiceParameter } from '../twilio/parameters.js'
import { list, listOfHops } from './plan.js'

const AD_HOC = '@outbound:'

/** The id of a dial that stands in no file: it holds its hops, so that any replica finds them again. */
export function adHocId(hops: readonly string[]): string {
  return AD_HOC + listOfHops(hops)
}

export function isAdHoc(id: string): boolean {
  return id.startsWith(AD_HOC)
}

/** The dial of such an id, with what `defaults` says of every dial. A hop that can no longer be rung is left out. */
export function adHocList({ outbound, endpoints }: Config, id: string): ActionList {
  const pattern = patternOf(outbound.dial)
  const steps = list(id.slice(AD_HOC.length)).flatMap((name) => outbound.groups.get(name) ?? single(name))
  return { id, actions: [{ ...outbound.dial, id, steps }] }

  function single(name: string): readonly DialStep[] {
    const endpoint = adHocEndpoint(endpoints, name)
    return endpoint ? [{ hop: hopLike(pattern, endpoint) }] : []
  }
}

function patternOf({ steps }: DialAction): Hop {
  return (steps[0] as { hop: Hop }).hop
}

function hopLike(pattern: Hop, endpoint: Endpoint): Hop {
  const attributes = { ...pattern.endpoints[0]!.attributes, ...endpoint.attributes }
  return { ...pattern, name: endpoint.name, endpoints: [{ ...endpoint, attributes }] }
}

/** An endpoint by its name, a SIP URI or a phone number. */
function adHocEndpoint(endpoints: Config['endpoints'], name: string): Endpoint | undefined {
  const known = endpoints.get(name)
  if (known) return known
  const bare = { name, attributes: {}, maxCalls: undefined }
  if (isE164(name)) return { ...bare, address: name, uri: undefined, number: name }
  const { value } = parseSipUri(name, isVoiceParameter)
  return value && { ...bare, address: addressOf(value), uri: value, number: undefined }
}
