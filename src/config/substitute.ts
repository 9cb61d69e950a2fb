import type { Path, Problem } from '../errors/problem.js'
import { passwordsIn } from '../sip/passwords.js'
import { type ConfigSource, reasonOf } from './config-source.js'
import { isSecretPlace } from './secrets.js'
import { eachText, type Tree } from './yaml.js'

/** What filling in `${NAME}`, `${NAME:-default}` and `${file:/path}` gave. */
export interface Substitution {
  /** The texts with a value from outside of the file, by their paths, joined by NUL. */
  readonly filled: ReadonlyMap<string, string>
  readonly problems: readonly { problem: Problem; path: Path }[]
}

/**
 * Fills every text of a tree in place. With `placeholders`, what is missing becomes its own name in capitals. `aliased`
 * says that several aliases may lead to the same map or list.
 */
export function substitute(tree: Tree, configSource: ConfigSource, aliased: boolean): Substitution {
  const filled = new Map<string, string>()
  const problems: { problem: Problem; path: Path }[] = []
  eachText(
    tree,
    (text, key, steps, holder) => {
      if (text.length > MOST_TEXT) problems.push({ problem: tooLong(text.length), path: [...steps, key] })
      if (text.includes('${')) holder[key] = fill(text, [...steps, key])
    },
    aliased,
  )
  return { filled, problems }

  function fill(text: string, path: Path): string {
    const parts = readReferences(text)
    const sealed = sealedParts(parts, path, configSource)
    let isFilled = false
    const whole = parts.map(put).join('')
    if (isFilled) filled.set(path.join('\0'), whole)
    return whole

    function put(part: Part): string {
      if (typeof part === 'string') return part
      const found = sealed.get(part) ?? resolve(part, configSource)
      if (typeof found === 'string') {
        isFilled = true
        return found
      }
      problems.push({ problem: found, path })
      return part.text
    }
  }
}

/** The placeholders for the references of a text that are secrets: all of them at some places, else those in a URI's password. */
function sealedParts(parts: readonly Part[], path: Path, { seal }: ConfigSource): ReadonlyMap<Part, string> {
  const sealed = new Map<Part, string>()
  if (!seal) return sealed
  for (const part of parts)
    if (typeof part !== 'string' && isResolvable(part)) sealed.set(part, seal(part.name))
  if (isSecretPlace(path)) return sealed
  const passwords = passwordsIn(parts.map((part) => sealed.get(part) ?? textOf(part)).join('')).join('\n')
  return new Map([...sealed].filter(([, text]) => passwords.includes(text)))
}

function textOf(part: Part): string {
  return typeof part === 'string' ? part : part.text
}

function isResolvable({ name, complete }: Reference): boolean {
  return complete && (name.startsWith('file:') || VARIABLE.test(name))
}

function resolve(
  { name, fallback, text, complete }: Reference,
  configSource: ConfigSource,
): string | Problem {
  if (!complete) return syntax(text)
  if (name.startsWith('file:')) return secretFile(name.slice(5), configSource)
  if (!VARIABLE.test(name)) return syntax(text)
  const value = configSource.variables[name]
  if (value) return value
  if (fallback) return resolveAll(fallback, configSource)
  return placeholder(name, configSource) ?? missing(name)
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A default with the references in it; the first that cannot be resolved is the problem of all. */
function resolveAll(parts: readonly Part[], configSource: ConfigSource): string | Problem {
  let value = ''
  for (const part of parts) {
    const found = typeof part === 'string' ? part : resolve(part, configSource)
    if (typeof found !== 'string') return found
    value += found
  }
  return value
}

function placeholder(name: string, { placeholders, missed }: ConfigSource): string | undefined {
  if (!placeholders) return undefined
  const reference = `\${${name}}`
  missed?.(reference)
  return placeholderFor(reference)
}

/** The value of a reference that leads nowhere: `placeholder-sip-password` for `${SIP_PASSWORD}`. */
export function placeholderFor(reference: string): string {
  const name = reference.slice('${'.length, -1)
  if (name.startsWith('file:')) return `placeholder-${name.slice('file:'.length).replaceAll('/', '-')}`
  return `placeholder-${name.toLowerCase().replaceAll('_', '-')}`
}

/** A secret's file ends in a line break that is not part of the secret. */
function secretFile(path: string, configSource: ConfigSource): string | Problem {
  try {
    return configSource.read(path, true).replace(/\r?\n$/, '')
  } catch (error) {
    const instead = placeholder(`file:${path}`, configSource)
    if (instead !== undefined) return instead
    return {
      code: 'secret-file',
      message: `the secret file ${path} ${reasonOf(error)[0]}`,
      expected: 'a file that this process may read',
      found: path,
      help: `mount the secret at ${path}, or fix the path`,
    }
  }
}

/** No TwiML document may be larger than 64 kB. */
const MOST_TEXT = 65_536

function tooLong(found: number): Problem {
  return {
    code: 'load-limit',
    message: `a text of ${found} characters is longer than any TwiML document may be`,
    expected: `at most ${MOST_TEXT} characters`,
    help: 'shorten it; perhaps a quote before it is not closed',
  }
}

function missing(variable: string): Problem {
  return {
    code: 'env-missing',
    message: `the environment variable ${variable} is not set`,
    expected: `${variable} in the environment`,
    help: `set ${variable}, or give a default: \${${variable}:-value}`,
  }
}

/** How much of a reference a message shows: one that is not closed may be long. */
const LONGEST = 80

function syntax(text: string): Problem {
  const found = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return {
    code: 'secret-syntax',
    message: `${found} is not a reference`,
    expected: '${NAME}, ${NAME:-default} or ${file:/path}',
    found,
    help: 'write ${NAME}; a plain dollar and brace is $${',
  }
}

/** A piece of a text: plain, or a reference such as `${NAME}`, `${NAME:-default}`, `${file:/path}`. */
type Part = string | Reference

export interface Reference {
  /** What is between the braces, up to the default. */
  readonly name: string
  /** A default may hold references of its own. */
  readonly fallback: readonly Part[] | undefined
  /** The whole reference, as it is written. */
  readonly text: string
  /** Whether it is closed and nothing but a default holds references. */
  readonly complete: boolean
}

/** References within each other: more is a mistake. */
const DEEPEST = 10

/** `$${` is a plain `${`; a template in a default keeps its braces. */
const SIGN = /\$?\$\{|\{\{[^{}]*\}\}|\}/g

const NAME = /file:[^{}]*|(?:(?!:-)[^{}$])*/y

/** Takes a text apart into plain pieces and references. */
function readReferences(text: string): readonly Part[] {
  let at = 0
  return readParts(0)

  /** Reads to the end; within a reference to its closing brace, which is left to be read. */
  function readParts(depth: number): Part[] {
    const parts: Part[] = []
    while (at < text.length) {
      SIGN.lastIndex = at
      const [sign] = SIGN.exec(text) ?? ['']
      const start = sign === '' ? text.length : SIGN.lastIndex - sign.length
      if (start > at) parts.push(text.slice(at, start))
      at = start
      if (sign === '}' && depth > 0) break
      at += sign.length
      parts.push(partAt(start, sign, depth))
    }
    return parts
  }

  function partAt(start: number, sign: string, depth: number): Part {
    if (sign === '${') return readReference(start, depth)
    return sign === '$${' ? '${' : sign
  }

  function readReference(start: number, depth: number): Reference {
    if (depth === DEEPEST) at = text.length
    const name = readName()
    const hasFallback = text.startsWith(':-', at)
    if (hasFallback) at += 2
    const within = readParts(depth + 1)
    const closed = at < text.length
    if (closed) at += 1
    return {
      name,
      fallback: hasFallback ? within : undefined,
      text: text.slice(start, at),
      complete: closed && (hasFallback || within.length === 0),
    }
  }

  function readName(): string {
    NAME.lastIndex = at
    const name = NAME.exec(text)![0]
    at += name.length
    return name
  }
}
