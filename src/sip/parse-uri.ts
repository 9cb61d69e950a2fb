import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { parseTemplate, type Template } from '../template/template.js'
import { buildSipUri } from './build-uri.js'
import { cut } from './cut.js'
import { illegalCharacter, PASSWORD, USER } from './grammar.js'
import { parseUriHeaders } from './header.js'
import { ignoredPlace, parseHostPort } from './host.js'
import { escapedForXml, mistakeIn } from './mistake.js'
import { currentParameters, parameterErrors, splitParameters } from './parameters.js'
import { transportWarning } from './providers.js'
import type { SipUri } from './uri.js'

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

interface Userinfo {
  readonly user: Template | null
  readonly password: string | null
}

const PASSWORD_WARNING: Problem = {
  code: 'sip-password',
  message: 'a password stands inside the SIP URI; write `username` and `password` beside it',
}

/** What stands before `@`, null without one: `userinfo = user [ ":" password ]` (RFC 3261 §25.1). */
function parseUserinfo(
  text: string | null,
  known: (name: string) => boolean,
  suggestions: readonly string[],
): Parsed<Userinfo> {
  if (text === null) return parsed({ user: null, password: null })
  const [userText, password] = cut(text, ':')
  const user = parseUser(userText, known, suggestions)
  const error = password === null ? undefined : passwordError(password)
  if (error !== undefined) return unparsed(...user.problems, error)
  if (user.value === undefined) return unparsed(...user.problems)
  return parsed({ user: user.value, password }, password === null ? [] : [PASSWORD_WARNING])
}

function parseUser(
  text: string,
  known: (name: string) => boolean,
  suggestions: readonly string[],
): Parsed<Template> {
  if (text === '') {
    return unparsed({ code: 'sip-uri', message: 'nothing stands before the "@" of the SIP URI' })
  }
  const user = parseTemplate(text, known, suggestions)
  const literals = user.value?.filter((part) => typeof part === 'string') ?? []
  const errors = literals.flatMap((literal) => illegalCharacter('the user part', literal, USER) ?? [])
  return errors.length === 0 ? user : unparsed(...errors)
}

/** These errors never show the password, not even a character of it. */
function passwordError(password: string): Problem | undefined {
  if (password.includes('{{')) {
    return { code: 'template-place', message: 'a template cannot stand in the password of a SIP URI' }
  }
  if (password.replace(PASSWORD, '') === '') return undefined
  const message = 'the password in the SIP URI holds a character that must be percent-encoded'
  return { code: 'sip-uri', message }
}
