import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { type FilledSipUri, fillSipUri, HEADERS_LIMIT } from './fill-uri.js'
import { type Header, repeatedHeaders } from './header.js'
import { ignoredPlace } from './host.js'
import { currentParameters, parameterErrors } from './parameters.js'
import { type SipUri, type SipUriParts, sipUri } from './uri.js'

/**
 * The URI of these parts, unless its parameters contradict each other or it is too long for Twilio even when
 * every template comes out empty. Errors: those of the parameters, `sip-uri-length`, `sip-header-length`.
 */
export function buildSipUri(parts: SipUriParts, warnings: readonly Problem[] = []): Parsed<SipUri> {
  const errors = parameterErrors(parts.parameters)
  if (errors.length > 0) return unparsed(...warnings, ...errors)
  const uri = sipUri(parts)
  const tooLong = lengthError(fillSipUri(uri, () => ''))
  return tooLong === undefined ? parsed(uri, warnings) : unparsed(...warnings, tooLong)
}

/** What is too long for Twilio in a URI that was filled. */
export function lengthError(filled: FilledSipUri): Problem | undefined {
  if ('unfit' in filled) return { code: 'sip-uri-length', message: filled.unfit }
  if (filled.dropped.length === 0) return undefined
  const message = `with ${filled.dropped.join(', ')} the headers have ${HEADERS_LIMIT} characters or more`
  return { code: 'sip-header-length', message, expected: `fewer than ${HEADERS_LIMIT} characters` }
}

/**
 * The URI with a parameter more, as when `region: de1` stands beside it.
 * Errors: as of `parseSipUri`, such as `sip-region-twice`. Warnings: `sip-region-former`, `sip-region-ignored`.
 */
export function withParameter(uri: SipUri, name: string, value: string | null): Parsed<SipUri> {
  const { value: added, problems } = currentParameters([[name, value]])
  const warnings = [...problems, ...ignoredPlace(uri.host, added!)]
  return buildSipUri({ ...uri, parameters: [...uri.parameters, ...added!] }, warnings)
}

/** The URI with headers more, after its own. ConfigError: `sip-header-length`; warning: `sip-header-twice`. */
export function withHeaders(uri: SipUri, headers: readonly Header[]): Parsed<SipUri> {
  const all = { ...uri, headers: [...uri.headers, ...headers] }
  return buildSipUri(all, repeatedHeaders(headers, uri.headers))
}
