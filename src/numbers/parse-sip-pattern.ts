import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { cut } from '../sip/cut.js'
import { percentDecode } from '../sip/escape.js'
import { illegalCharacter, USER } from '../sip/grammar.js'
import { parseHostPort } from '../sip/host.js'
import type { SipPattern, SipPrefixPattern } from './pattern.js'
import { patternError, starError } from './pattern-errors.js'
import { sipDomain } from './sip-domain.js'

/**
 * Reads `sip:alice@acme.sip.twilio.com`, `sip:49*@…` or `sip:*@…`. A `*` that belongs to the user, as in star
 * codes, is written `%2A`. A port and parameters may stand there; they are not compared.
 */
export function parseSipPattern(text: string): Parsed<SipPattern | SipPrefixPattern> {
  const [scheme] = /^sips?:/i.exec(text) ?? []
  if (scheme === undefined) return unparsed(patternError(text, `sip:${text}`))
  const [user, afterUser] = cut(text.slice(scheme.length), '@')
  if (afterUser === null) return unparsed(patternError(text, `${scheme}*@${user}`))
  const { value, problems } = parseHostPort(afterUser.replace(/[;?].*$/, ''))
  if (value === undefined) return unparsed(...problems)
  const error = userError(text, scheme, user, afterUser)
  return error ? unparsed(error) : parsed(sipPattern(text, user, sipDomain(value.host)))
}

function sipPattern(text: string, user: string, host: string): SipPattern | SipPrefixPattern {
  if (user.endsWith('*')) return { kind: 'sip-prefix', text, prefix: decode(user.slice(0, -1)), host }
  return { kind: 'sip', text, user: decode(user), host }
}

/** As `parseSipAddress` does it for the other side. */
function decode(user: string): string {
  return percentDecode(user) ?? user
}

function userError(text: string, scheme: string, user: string, afterUser: string): Problem | undefined {
  if (user === '') return patternError(text, `${scheme}*@${afterUser}`)
  if (!/\*./.test(user)) return illegalCharacter('the user part', user, USER)
  return starError(text, `${scheme}${user.replace(/\*(?=.)/g, '%2A')}@${afterUser}`)
}
