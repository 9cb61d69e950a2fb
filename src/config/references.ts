/** A piece of a text: plain, or a reference such as `${NAME}`, `${NAME:-default}`, `${file:/path}`. */
export type Part = string | Reference

export interface Reference {
  /** What stands between the braces, up to the default. */
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
export function readReferences(text: string): readonly Part[] {
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
