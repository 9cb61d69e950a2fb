import { z } from 'zod'
import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Endpoint } from '../model/config.js'
import { attributeShape, mapOf, text, whole } from '../schema/scalars.js'
import { type Header, parseHeader } from '../sip/header.js'
import { parseSipUri } from '../sip/parse-uri.js'
import { addressOf, type SipUri, withHeaders, withParameter } from '../sip/uri.js'
import { attributesOf, SIP_ATTRIBUTES } from '../twilio/attributes.js'
import { markupWarning } from '../xml/escape.js'

/** What belongs to a SIP leg: next to the `uri` of an endpoint, or next to a `dial` of bare SIP URIs. */
export const sipShape = {
  region: text('a Twilio region')
    .optional()
    .describe('The Twilio region from which the call leaves, such as de1.'),
  edge: text('a Twilio edge')
    .optional()
    .describe('The same by its edge name, such as frankfurt; instead of region.'),
  headers: mapOf(z.string('a text'), 'a map of header names and values')
    .optional()
    .describe('SIP headers of the INVITE; values may hold templates. Under 1024 characters in all.'),
  ...attributeShape(SIP_ATTRIBUTES),
}

/** The keys of a SIP leg. */
export const SIP_KEYS: ReadonlySet<string> = new Set(Object.keys(sipShape))

const expectedUri = 'a SIP URI such as sip:{{To}}@pbx.example.com'

export const endpointSchema = z.strictObject(
  {
    uri: text(expectedUri).describe(
      'The SIP URI to dial; the user part may hold templates. Under 255 characters.',
    ),
    maxCalls: whole(1, 1_000_000, 'calls')
      .optional()
      .describe('Calls that this endpoint takes at once; a full endpoint is skipped.'),
    ...sipShape,
  },
  'an endpoint with uri',
)

export type EndpointSource = z.output<typeof endpointSchema>

/** What the keys of a SIP leg are read with. */
export type SipContext = Pick<CompileContext, 'report' | 'isTemplateName' | 'templateNames'>

/** Compiles an endpoint; undefined when its URI cannot be used. The rest of its errors are reported as well. */
export function compileEndpoint(
  name: string,
  source: EndpointSource,
  origin: Origin,
  context: SipContext,
): Endpoint | undefined {
  const { value: written, problems } = parseSipUri(source.uri, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, below(origin, 'uri'))
  const attributes = attributesOf(source, SIP_ATTRIBUTES)
  if (attributes.password !== undefined && attributes.username === undefined)
    context.report.add(usernameMissing, below(origin, 'password'), 'key')
  const headers = readHeaders(source.headers ?? {}, below(origin, 'headers'), context)
  const placed = written && place(written, source, origin, context)
  const uri = placed && (headers.length > 0 ? addHeaders(placed, headers, origin, context) : placed)
  return (
    uri && {
      name,
      address: addressOf(uri),
      uri,
      number: undefined,
      attributes,
      maxCalls: source.maxCalls,
    }
  )
}

const usernameMissing: Problem = {
  code: 'sip-username-missing',
  message: 'password has no effect without username',
  expected: 'username next to it',
  help: 'add username, or remove password',
}

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
  const placed = withParameter(uri, key, source[key]!)
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
    help: 'keep one of them',
  }
}

function readHeaders(
  written: Readonly<Record<string, string>>,
  origin: Origin,
  { report, isTemplateName, templateNames }: SipContext,
): Header[] {
  return Object.entries(written).flatMap(([name, text]) => {
    const { value, problems } = parseHeader(name, text, isTemplateName, templateNames)
    report.addAll(markupWarning(text, 'write the value as the endpoint is to read it'), below(origin, name))
    for (const problem of problems)
      report.add(problem, below(origin, name), problem.found === name ? 'key' : 'value')
    return value ?? []
  })
}

function addHeaders(
  uri: SipUri,
  headers: readonly Header[],
  origin: Origin,
  { report }: SipContext,
): SipUri | undefined {
  const { value, problems } = withHeaders(uri, headers)
  report.addAll(problems, below(origin, 'headers'))
  return value
}
