import type { FaultCode } from '../../fault/codes.js'
import type { Problem } from '../../fault/problem.js'
import type { Document } from '../documents.js'
import type { Origin } from '../source.js'
import type { Context, Kind } from './context.js'

const UNUSED: Record<Kind, { code: FaultCode; message: (name: string) => string }> = {
  endpoint: { code: 'unused-endpoint', message: (name) => `no route leads to ${name}` },
  action: { code: 'unused-action', message: (name) => `nothing runs the action ${name}` },
  schedule: { code: 'unused-schedule', message: (name) => `no rule asks the schedule ${name}` },
  list: { code: 'unused-list', message: (name) => `no rule asks the list ${name}` },
}

/** Warns of what stands in the file and is never asked for. */
export function warnOfUnused(
  kind: Kind,
  origins: ReadonlyMap<string, Origin>,
  { used, report }: Context,
): void {
  const { code, message } = UNUSED[kind]
  for (const [name, origin] of origins) {
    if (!used[kind].has(name))
      report.add(
        {
          code,
          message: message(name),
          expected: 'something that uses it',
          found: name,
          cure: 'use it, or remove it',
        },
        origin,
        'key',
      )
  }
}

/** The password of a URL, as it is written there. */
function passwordIn(url: unknown): string | undefined {
  return typeof url === 'string' ? /^\w+:\/\/[^/@]*?:([^/]+)@/.exec(url)?.[1] : undefined
}

/** Keys whose values are secrets, wherever they stand. */
const SECRET_KEYS = /^(authTokens|tokens|password|apiKeySecret)$/

/** The secrets of a document, each with its place and whether it is written out in the file. */
export function secretsOf({
  file,
  tree,
  filled,
}: Document): { value: string; origin: Origin; literal: boolean }[] {
  const found: { value: string; origin: Origin; literal: boolean }[] = []
  visit(tree, [], false)
  const password = passwordIn(tree.state)
  if (password)
    found.push({ value: password, origin: { file, path: ['state'] }, literal: !filled.has('state') })
  return found

  function visit(value: unknown, path: readonly (string | number)[], secret: boolean): void {
    if (typeof value === 'string') {
      const literal = !filled.has(path.join('\0'))
      // a header may hold a key; one that is written out is no secret to whoever reads the file
      if (value !== '' && (secret || (!literal && path.includes('headers'))))
        found.push({ value, origin: { file, path }, literal })
    } else if (Array.isArray(value)) {
      value.forEach((item, at) => {
        visit(item, [...path, at], secret)
      })
    } else {
      for (const [key, item] of Object.entries(value as object))
        visit(item, [...path, key], secret || SECRET_KEYS.test(key))
    }
  }
}

export const literalSecret: Problem = {
  code: 'literal-secret',
  message: 'a secret is written into the file',
  expected: '${NAME} or ${file:/run/secrets/name}',
  cure: 'take it from the environment or a file, and change the secret',
}
