import type { ActionList, Config, DialEntry, Endpoint, Hop, Split } from '../model/config.js'
import { isE164 } from '../numbers/address.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { addressOf } from '../sip/uri.js'
import { isVoiceParameter } from '../twilio/parameters.js'
import { endpointsIn, hopName, listOfHops, readListOfHops } from './plan.js'

/** One entry of a dial that is in no file: what rings, at once if it is more than one, or what a split shares out. */
export type AdHocEntry = { readonly ring: readonly string[] } | AdHocSplit

interface AdHocSplit {
  readonly by: Split['by']
  readonly weights: readonly (readonly [name: string, weight: number])[]
}

// id    = "@outbound:" entry *( "^" entry )
// entry = name *( "|" name ) / ( "call" / "caller" ) *( "#" name "#" weight )
//
// None of the marks may be in a name or in a SIP URI (RFC 3986 §2), so nothing needs an escape.
const AD_HOC = '@outbound:'
const IN_SPLIT = '#'

/** The id of a dial that is in no file: it holds its entries, so that any replica finds them again. */
export function adHocId(entries: readonly AdHocEntry[]): string {
  return AD_HOC + listOfHops(entries.map(entryText))
}

function entryText(entry: AdHocEntry): string {
  if ('ring' in entry) return hopName(entry.ring)
  return [entry.by, ...entry.weights.flat()].join(IN_SPLIT)
}

function readEntry(text: string): AdHocEntry {
  if (!text.includes(IN_SPLIT)) return { ring: endpointsIn(text) }
  const [by, ...pairs] = text.split(IN_SPLIT)
  const names = pairs.filter((_, at) => at % 2 === 0)
  const weights = names.map((name, at) => [name, Number(pairs[2 * at + 1])] as const)
  return { by: by as Split['by'], weights }
}

/** Whether an id of a list is that of an ad-hoc dial. */
export function isAdHoc(id: string): boolean {
  return id.startsWith(AD_HOC)
}

/** The dial of such an id, with what `defaults` says of every dial. Whatever can no longer be rung is left out. */
export function adHocList({ outbound, endpoints }: Config, id: string): ActionList {
  const { hop: settings, leg, failoverOn, otherwise } = outbound.dial
  const entries = readListOfHops(id.slice(AD_HOC.length)).flatMap((text) => entriesOf(readEntry(text)))
  return { id, actions: [{ verb: 'dial', id, entries, failoverOn, otherwise }] }

  function entriesOf(entry: AdHocEntry): readonly DialEntry[] {
    if (!('ring' in entry)) return splitOf(entry)
    const [only, ...others] = entry.ring as [string, ...string[]]
    if (others.length === 0) return outbound.groups.get(only) ?? hopsOf(only).map((hop) => ({ hop }))
    const atOnce = entry.ring.flatMap(hopsOf).flatMap((hop) => hop.endpoints)
    return atOnce.length > 0 ? [{ hop: hopTo(atOnce) }] : []
  }

  function splitOf({ by, weights }: AdHocSplit): DialEntry[] {
    const choices = weights.map(([name, weight]) => ({ name, weight, hops: hopsOf(name) }))
    return [{ by, choices: choices.filter(({ hops }) => hops.length > 0) }]
  }

  /** A split within a group has no place here; `dialEntries` refuses it. */
  function hopsOf(name: string): Hop[] {
    const group = outbound.groups.get(name)
    if (group) return group.flatMap((entry) => ('hop' in entry ? entry.hop : []))
    const endpoint = adHocEndpoint(endpoints, name)
    return endpoint ? [hopTo([endpoint])] : []
  }

  function hopTo(written: readonly Endpoint[]): Hop {
    const endpoints = written.map((endpoint) => ({
      ...endpoint,
      attributes: { ...leg, ...endpoint.attributes },
    }))
    // a phone number takes its time to ring
    const noProgress = endpoints.some(({ uri }) => uri) ? settings.noProgress : undefined
    return { ...settings, noProgress, name: hopName(endpoints.map(({ name }) => name)), endpoints }
  }
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
