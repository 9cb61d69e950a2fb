import type { AccountNumber, VoiceResource } from '../rest/voice-resources.js'
import { endpointName, endpointUri } from './destinations.js'
import type { Draft, Written } from './draft.js'

export interface OriginationUrl {
  readonly name: string
  readonly sipUrl: string
  readonly priority: number
  readonly weight: number
  readonly enabled: boolean
}

export interface ElasticTrunk {
  readonly sid: string
  readonly friendlyName: string
  readonly secure: boolean
  readonly recording: { readonly mode?: string; readonly trim?: string }
  readonly disasterRecoveryUrl: string
  readonly disasterRecoveryMethod: string
  readonly originationUrls: readonly OriginationUrl[]
}

export interface StudioFlow {
  readonly sid: string
  readonly name: string
  readonly widgets: readonly { readonly name: string; readonly type: string; readonly noun: string }[]
}

/** A number with the Twilio region in which its calls are worked on; undefined when Twilio does not say. */
export interface ReadNumber extends AccountNumber {
  readonly region: string | undefined
}

/** What an account holds that decides over calls. */
export interface ReadAccount {
  readonly sid: string
  readonly numbers: readonly ReadNumber[]
  readonly applications: readonly VoiceResource[]
  readonly domains: readonly VoiceResource[]
  readonly trunks: readonly ElasticTrunk[]
  readonly byocTrunks: readonly VoiceResource[]
  readonly flows: readonly StudioFlow[]
  /** What each TwiML Bin gives, by its URL; undefined for one that Twilio does not give out. */
  readonly bins: ReadonlyMap<string, string | undefined>
}

/** Priorities from the lowest number on; URLs of the same priority share the calls by weight. */
export function trunkHops(urls: readonly OriginationUrl[], trunk: ElasticTrunk, draft: Draft): Written {
  const priorities = [...new Set(urls.map(({ priority }) => priority))].sort((a, b) => a - b)
  return priorities.map((priority) => {
    const same = urls.filter((url) => url.priority === priority)
    const named = same.map((url) => [trunkEndpoint(url, trunk, draft), Math.max(1, url.weight)] as const)
    return named.length === 1 ? named[0]![0] : { split: summed(named) }
  })
}

/** Weights by endpoint: a URL that a trunk has twice has both weights. */
export function summed(named: readonly (readonly [string, number])[]): Record<string, number> {
  const weights: Record<string, number> = {}
  for (const [name, weight] of named) weights[name] = (weights[name] ?? 0) + weight
  return weights
}

function trunkEndpoint(url: OriginationUrl, { sid, secure }: ElasticTrunk, draft: Draft): string {
  const { name, sipUrl, priority, weight } = url
  const secured = secure && !/;secure=/i.test(sipUrl) ? sipUrl.replace(/(?=\?|$)/, ';secure=true') : sipUrl
  return draft.endpoint(
    name || endpointName(sipUrl),
    { uri: endpointUri(secured, draft) },
    `trunk ${sid}, priority ${priority}, weight ${weight}`,
  )
}

/** `trunk-12ab`: the start of a SID is the same for all of its kind. */
export function sidName(sid: string): string {
  return `${sid.slice(0, 2)}-${sid.slice(-4)}`
}
