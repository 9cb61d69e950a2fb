import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'
import { withHeaders, withParameter } from '../../sip/build-uri.js'
import { type Header, parseHeader } from '../../sip/header.js'
import { parseSipUri } from '../../sip/parse-uri.js'
import { addressOf, type SipUri } from '../../sip/uri.js'
import { SIP_ATTRIBUTES } from '../../twilio/attributes.js'
import { EDGES, REGIONS } from '../../twilio/regions.js'
import type { Endpoint } from '../config.js'
import type { EndpointSource } from '../schema/endpoint.js'
import { below, type Origin } from '../source.js'
import { attributesOf, type Context } from './context.js'

/** What the keys of a SIP leg are read with. */
export type SipContext = Pick<Context, 'report' | 'isTemplateName' | 'templateNames'>

/** Compiles an endpoint; undefined when its URI cannot be used. The rest of its faults are reported as well. */
export function compileEndpoint(
  name: string,
  source: EndpointSource,
  origin: Origin,
  context: SipContext,
): Endpoint | undefined {
  const { value: written, problems } = parseSipUri(source.uri, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, below(origin, 'uri'))
  const placed = written && place(written, source, origin, context)
  const uri = placed && addHeaders(placed, source.headers ?? {}, below(origin, 'headers'), context)
  return (
    uri && {
      name,
      address: addressOf(uri),
      uri,
      number: undefined,
      attributes: attributesOf(source, SIP_ATTRIBUTES),
      maxCalls: source.maxCalls,
    }
  )
}

const PLACES = { region: Object.keys(REGIONS), edge: EDGES } as const

/** Puts `region` or `edge` into the URI, as Twilio wants it. */
function place(
  uri: SipUri,
  source: EndpointSource,
  origin: Origin,
  { report }: SipContext,
): SipUri | undefined {
  const given = (['region', 'edge'] as const).filter((key) => source[key] !== undefined)
  const inUri = uri.parameters.some(([name]) => /^(region|edge)$/i.test(name))
  if (given.length + Number(inUri) > 1) {
    report.add(regionTwice(given, inUri), below(origin, given.at(-1)!), 'key')
    return uri
  }
  const key = given[0]
  if (!key) return uri
  const value = source[key]!
  if (!PLACES[key].includes(value)) report.add(unknownPlace(key, value), below(origin, key))
  const placed = withParameter(uri, key, value)
  report.addAll(placed.problems, below(origin, key))
  return placed.value
}

function regionTwice(given: readonly string[], inUri: boolean): Problem {
  const places = [...(inUri ? ['the uri'] : []), ...given]
  return {
    code: 'sip-region-twice',
    message: `where the call leaves from is given twice: in ${places.join(' and ')}`,
    expected: 'one of region, edge, or ;region= in the uri',
    found: places.join(', '),
    cure: 'keep one of them',
  }
}

function unknownPlace(key: 'region' | 'edge', value: string): Problem {
  const meant = suggest(value, PLACES[key])
  return {
    code: 'sip-region',
    message: `Twilio has no ${key} "${value}"${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: `one of ${PLACES[key].join(', ')}`,
    found: value,
    cure: `write ${meant ?? PLACES[key].at(0)}`,
  }
}

function addHeaders(
  uri: SipUri,
  headers: Readonly<Record<string, string>>,
  origin: Origin,
  context: SipContext,
): SipUri | undefined {
  const read = Object.entries(headers).map(([name, text]) => {
    const { value, problems } = parseHeader(name, text, context.isTemplateName, context.templateNames)
    context.report.addAll(problems, below(origin, name))
    return value
  })
  const { value, problems } = withHeaders(
    uri,
    read.filter((header): header is Header => header !== undefined),
  )
  context.report.addAll(problems, origin)
  return value
}
