import type { Origin } from '../errors/origin.js'
import type { Path, Problem, Reporter } from '../errors/problem.js'
import { SHORTEST_SECRET } from '../sip/masker.js'
import { passwordsIn } from '../sip/passwords.js'
import type { Document } from './documents.js'
import { eachText } from './yaml.js'

/** The secrets of a config. One that is written into a file, and one too short to be masked everywhere, is warned of. */
export function collectSecrets(documents: readonly Document[], report: Reporter): string[] {
  const secrets = documents.flatMap(secretsOf)
  for (const { value, origin, literal } of secrets) {
    if (literal) report.add(literalSecret, origin)
    if (value.length < SHORTEST_SECRET) report.add(shortSecret, origin)
  }
  return secrets.map(({ value }) => value)
}

/** A secret of a document, with its place and whether it is written out in the file. */
interface Secret {
  readonly value: string
  readonly origin: Origin
  readonly literal: boolean
}

/** Keys whose values are secrets, wherever they are. */
const SECRET_KEYS: ReadonlySet<unknown> = new Set([
  'authTokens',
  'sharedKeys',
  'tokens',
  'password',
  'apiKeySecret',
])

const NONE: readonly string[] = []

/** The secrets of a document: values of the keys that hold secrets, and passwords inside URIs. */
function secretsOf({ file, tree, filled, unfilled }: Document): Secret[] {
  const found: Secret[] = []
  eachText(tree, (text, key, steps) => {
    const secret = isSecretKey(key) || steps.some(isSecretKey)
    const passwords = text.includes('@') ? passwordsIn(text) : NONE
    if (secret || passwords.length > 0 || key === 'headers' || steps.includes('headers'))
      note(text, [...steps, key], secret, passwords)
  })
  return found

  function note(value: string, path: Path, secret: boolean, passwords: readonly string[]): void {
    const origin = { file, path }
    const place = path.join('\0')
    if (unfilled.has(place)) return
    const literal = !filled.has(place)
    // a header may hold a key, unless it is written in the file for all to read, or short
    const isHeader = !literal && path.includes('headers') && value.length >= SHORTEST_SECRET
    if (value !== '' && (secret || isHeader)) found.push({ value, origin, literal })
    // for one in a SIP URI there is the warning `sip-password`
    for (const password of passwords)
      found.push({ value: password, origin, literal: literal && !/sips?:/i.test(value) })
  }
}

/** Whether what comes from outside is a secret at a place of the config. */
export function isSecretPlace(path: Path): boolean {
  return path.includes('headers') || path.some(isSecretKey)
}

function isSecretKey(step: unknown): boolean {
  return SECRET_KEYS.has(step)
}

const literalSecret: Problem = {
  code: 'literal-secret',
  message: 'a secret is written into the file',
  expected: '${NAME} or ${file:/run/secrets/name}',
  help: 'take it from the environment or a file, and change the secret',
}

const shortSecret: Problem = {
  code: 'short-secret',
  message: `a secret of fewer than ${SHORTEST_SECRET} characters is not masked where it is part of another word`,
  expected: `at least ${SHORTEST_SECRET} characters`,
  help: 'change it to a longer one',
}
