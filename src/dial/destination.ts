import { below, type Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { follow } from '../model/compile-context.js'
import type { Endpoint } from '../model/config.js'
import { readPattern } from '../numbers/pattern.js'
import { withoutPassword } from '../sip/passwords.js'
import { attributesOf, NUMBER_ATTRIBUTES, SIP_ATTRIBUTES } from '../twilio/attributes.js'
import type { DialContext } from './dial-context.js'
import { compileEndpoint, type EndpointSource, SIP_KEYS } from './endpoint.js'
import { type HopSource, isAddress } from './hop.js'

/** An entry of a dial, a ring or a group, with the SIP keys that are next to it. */
export interface HopEntry {
  readonly source: string | HopSource
  readonly nextTo: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** The one place that an entry names; undefined, and reported, when there is none. */
export function compileDestination(
  { source, nextTo, origin }: HopEntry,
  context: DialContext,
): Endpoint | undefined {
  if (typeof source === 'string') {
    return isAddress(source) ? bareUri(source, nextTo, origin, context) : named(source, origin, context)
  }
  if (source.number !== undefined) return phoneNumber(source.number, source, below(origin, 'number'), context)
  if (source.uri !== undefined)
    return bareUri(source.uri, { ...nextTo, ...source }, below(origin, 'uri'), context)
  const endpoint = named(source.endpoint!, below(origin, 'endpoint'), context)
  return (
    endpoint && {
      ...endpoint,
      attributes: { ...endpoint.attributes, ...attributesOf(source, SIP_ATTRIBUTES) },
    }
  )
}

function named(name: string, origin: Origin, context: DialContext): Endpoint | undefined {
  return follow(context, 'endpoint', name, origin) ? context.endpoints.get(name) : undefined
}

function bareUri(
  uri: string,
  nextTo: Readonly<Record<string, unknown>>,
  origin: Origin,
  context: DialContext,
): Endpoint | undefined {
  if (uri.startsWith('+')) {
    context.report.add(numberAsUri(uri), origin)
    return undefined
  }
  if (/^client:/i.test(uri)) {
    context.report.add(clientAsUri(uri), origin)
    return undefined
  }
  const own = Object.keys(nextTo).some((key) => SIP_KEYS.has(key))
  const source = own ? { ...(nextTo as Partial<EndpointSource>), uri } : { uri }
  return compileEndpoint(withoutPassword(uri), source, origin, context)
}

function numberAsUri(found: string): Problem {
  return {
    code: 'sip-uri',
    message: `"${found}" is a phone number, not an endpoint or a SIP URI`,
    expected: 'the name of an endpoint, or a SIP URI',
    found,
    help: `write { number: "${found}" } to dial the telephone network, or sip:${found}@your.host`,
  }
}

function clientAsUri(found: string): Problem {
  return {
    code: 'sip-uri',
    message: `"${found}" is a client of Twilio's Voice SDK, which dialsip does not dial`,
    expected: 'the name of an endpoint, or a SIP URI',
    found,
    help: 'write redirect: with the URL of a TwiML document of yours that has <Client>',
  }
}

function phoneNumber(
  text: string,
  source: HopSource,
  origin: Origin,
  context: DialContext,
): Endpoint | undefined {
  const pattern = readPattern(text, origin, context)
  if (pattern?.kind !== 'exact') {
    if (pattern) context.report.add(notOneNumber(text), origin)
    return undefined
  }
  return {
    name: text,
    address: text,
    uri: undefined,
    number: text,
    attributes: attributesOf(source, NUMBER_ATTRIBUTES),
    maxCalls: undefined,
  }
}

/** The error of a pattern where one number is meant. */
export function notOneNumber(found: string): Problem {
  return {
    code: 'number-format',
    message: `"${found}" is not one number`,
    expected: 'a number in E.164 form',
    found,
    help: 'write a number such as "+4930123456"',
  }
}
