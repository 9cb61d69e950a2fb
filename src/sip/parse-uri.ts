import type { Parsed, Problem } from '../errors/problem.js'
import { unparsed } from '../errors/problem.js'
import { buildSipUri } from './build-uri.js'
import { cut } from './cut.js'
import { parseHostPort } from './host.js'
import { escapedForXml, mistakeIn } from './mistake.js'
import { currentParameters, parameterErrors, splitParameters } from './parameters.js'
import { transportWarning } from './providers.js'
import { ignoredPlace } from './reachable.js'
import type { SipUri } from './uri.js'
import { parseUriHeaders } from './uri-headers.js'
import { parseUserinfo } from './userinfo.js'

const SIPS_WARNING: Problem = {
  code: 'sip-sips',
  message: 'Twilio does not describe `sips:`; write `sip:` with `;transport=tls` or `;secure=true`',
}

/**
 * Reads a config's `sip:user@host:port;parameters?headers` (RFC 3261 §19.1.1) and reports all errors at once.
 * Templates may stand in the user part and in header values; `known` and `suggestions` are as for
 * `parseTemplate`.
 */
export function parseSipUri(
  text: string,
  known: (name: string) => boolean,
  suggestions: readonly string[] = [],
): Parsed<SipUri> {
  const mistake = mistakeIn(text) ?? escapedForXml(text)
  if (mistake !== undefined) return unparsed(mistake)
  const scheme = /^sips:/i.test(text) ? 'sips' : 'sip'
  const [beforeAt, afterAt] = cut(text.slice(`${scheme}:`.length), '@')
  const [address, headerText] = cut(afterAt ?? beforeAt, '?')
  const [hostText, parameterText] = cut(address, ';')

  const userinfo = parseUserinfo(afterAt === null ? null : beforeAt, known, suggestions)
  const host = parseHostPort(hostText)
  const { value: parameters = [], problems: former } = currentParameters(splitParameters(parameterText))
  const headers = parseUriHeaders(headerText, known, suggestions)
  const problems = [...userinfo.problems, ...host.problems, ...former, ...headers.problems]
  if (scheme === 'sips') problems.push(SIPS_WARNING)

  if (userinfo.value === undefined || host.value === undefined || headers.value === undefined) {
    return unparsed(...problems, ...parameterErrors(parameters))
  }
  const parts = { scheme, ...userinfo.value, ...host.value, parameters, headers: headers.value } as const
  problems.push(...ignoredPlace(parts.host, parameters), ...transportWarning(parts))
  return buildSipUri(parts, problems)
}
