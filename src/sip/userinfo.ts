import type { Parsed, Problem } from '../errors/problem.js'
import { parsed, unparsed } from '../errors/problem.js'
import { parseTemplate } from '../template/parse.js'
import type { Template } from '../template/template.js'
import { cut } from './cut.js'
import { illegalCharacter, PASSWORD, USER } from './grammar.js'

interface Userinfo {
  readonly user: Template | null
  readonly password: string | null
}

const PASSWORD_WARNING: Problem = {
  code: 'sip-password',
  message: 'a password stands inside the SIP URI; write `username` and `password` beside it',
}

/** What stands before `@`, null without one: `userinfo = user [ ":" password ]` (RFC 3261 §25.1). */
export function parseUserinfo(
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
