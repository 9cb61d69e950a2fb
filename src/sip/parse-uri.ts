import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { suggest } from '../errors/suggest.js'
import { parseTemplate, type Template } from '../template/template.js'
import { cut, illegalCharacter, PASSWORD, USER } from './grammar.js'
import { parseUriHeaders } from './header.js'
import { ignoredPlace, parseHostPort } from './host.js'
import { currentParameters, parameterErrors, splitParameters } from './parameters.js'
import { withoutPasswords } from './passwords.js'
import { transportWarning } from './providers.js'
import { buildSipUri, type SipUri } from './uri.js'

const SIPS_WARNING: Problem = {
  code: 'sip-sips',
  message: 'Twilio does not describe `sips:`; write `sip:` with `;transport=tls` or `;secure=true`',
}

/**
 * Reads a config's `sip:user@host:port;parameters?headers` (RFC 3261 §19.1.1) and reports all errors at once.
 * Templates may be in the user part and in header values; `known` and `suggestions` are as for
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
  message: 'a password is in the SIP URI; write `username` and `password` next to it',
}

/** What is before `@`, null without one: `userinfo = user [ ":" password ]` (RFC 3261 §25.1). */
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
    return unparsed({ code: 'sip-uri', message: 'nothing is before the "@" of the SIP URI' })
  }
  const user = parseTemplate(text, known, suggestions)
  const literals = user.value?.filter((part) => typeof part === 'string') ?? []
  const errors = literals.flatMap((literal) => illegalCharacter('the user part', literal, USER) ?? [])
  return errors.length === 0 ? user : unparsed(...errors)
}

/** These errors never show the password, not even a character of it. */
function passwordError(password: string): Problem | undefined {
  if (password.includes('{{')) {
    return { code: 'template-place', message: 'a template cannot be in the password of a SIP URI' }
  }
  if (password.replace(PASSWORD, '') === '') return undefined
  const message = 'the password in the SIP URI holds a character that must be percent-encoded'
  return { code: 'sip-uri', message }
}

interface Mistake {
  readonly looksLike: RegExp
  readonly message: string
  /** The SIP URI that was probably meant. */
  readonly meant: (text: string) => string
}

const EXAMPLE = 'sip:jack@example.com'

/** How a SIP URI begins and ends. */
const WHOLE = /^sips?:(?!\/\/).*\S$/is

/** What people write in place of a SIP URI. The first that fits is reported. */
const MISTAKES: readonly Mistake[] = [
  {
    looksLike: /^\s*$/,
    message: 'a SIP URI is expected, and nothing is here',
    meant: () => EXAMPLE,
  },
  {
    looksLike: /^(?!sips?:)[^<]*<[^>]*>/i,
    message: 'a SIP URI is written here without display name and angle brackets',
    meant: (text) => repaired(text.slice(text.indexOf('<') + 1, text.indexOf('>'))),
  },
  {
    looksLike: /^\s|\s$/,
    message: 'there are spaces around the SIP URI',
    meant: (text) => repaired(text.trim()),
  },
  {
    looksLike: /^(?:tel:|\+[\d().-]+$)/i,
    message: 'a telephone number is not a SIP URI; `{ number: "+1…" }` dials the telephone network',
    meant: (text) => `sip:${text.replace(/^tel:/i, '')}@example.com`,
  },
  {
    looksLike: /^(?:client|https?|mailto|wss?|xmpp):/i,
    message: 'a URI of another scheme than sip cannot be dialled here',
    meant: () => EXAMPLE,
  },
  {
    looksLike: /^sips?:\/\//i,
    message: 'no slashes follow "sip:" in a SIP URI',
    meant: (text) => text.replace('//', ''),
  },
  {
    looksLike: /^(?!sips?:)/i,
    message: 'a SIP URI begins with "sip:"',
    meant: withScheme,
  },
]

/** The error of a text that does not even begin as a SIP URI; its help is what was probably meant. */
function mistakeIn(text: string): Problem | undefined {
  const mistake = findMistake(text)
  if (mistake === undefined) return undefined
  const help = `write ${withoutPasswords(mistake.meant(text))}`
  return { code: 'sip-uri', message: mistake.message, expected: EXAMPLE, help }
}

function findMistake(text: string): Mistake | undefined {
  return WHOLE.test(text) ? undefined : MISTAKES.find(({ looksLike }) => looksLike.test(text))
}

/** What XML wants escaped, and what is written for it in a SIP URI. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&#38;': '&',
  '&#x26;': '&',
  '&lt;': '%3C',
  '&gt;': '%3E',
  '&quot;': '%22',
  '&apos;': "'",
}

/** The error of a URI that was copied out of TwiML: dialsip escapes it for XML itself. */
function escapedForXml(text: string): Problem | undefined {
  const found = /&(?:amp|#38|#x26|lt|gt|quot|apos);/i.exec(text)?.[0]
  if (found === undefined) return undefined
  const plain = ENTITIES[found.toLowerCase()]!
  const message = `"${found}" is in the SIP URI; write ${plain}, which dialsip escapes for XML itself`
  return {
    code: 'sip-uri',
    message,
    expected: 'a SIP URI as it is outside of XML',
    found,
    help: `write ${plain}`,
  }
}

/** Without the next mistake as well: one that is cut out of brackets may still lack its scheme. */
function repaired(text: string): string {
  return findMistake(text)?.meant(text) ?? text
}

/** In `spi:jack@example.com` the scheme is mistyped, in `jack@example.com` and `example.com:5060` it is missing. */
function withScheme(text: string): string {
  const colon = text.indexOf(':')
  const near = colon === -1 ? undefined : suggest(text.slice(0, colon), ['sip', 'sips'])
  return near === undefined ? `sip:${text}` : near + text.slice(colon)
}
