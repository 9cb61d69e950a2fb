import type { ErrorCode } from '../../errors/codes.js'
import type { Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { CompileContext, NameKind } from '../../model/compile-context.js'
import { SHORTEST_SECRET } from '../../sip/masker.js'

const UNUSED: Record<NameKind, { code: ErrorCode; message: (name: string) => string }> = {
  endpoint: { code: 'unused-endpoint', message: (name) => `no route leads to ${name}` },
  action: { code: 'unused-action', message: (name) => `nothing runs the action ${name}` },
  schedule: { code: 'unused-schedule', message: (name) => `no rule asks the schedule ${name}` },
  list: { code: 'unused-list', message: (name) => `no rule asks the list ${name}` },
}

/** Warns of what stands in the file and is never asked for. */
export function warnOfUnused(
  kind: NameKind,
  origins: ReadonlyMap<string, Origin>,
  { used, report }: CompileContext,
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
          help: 'use it, or remove it',
        },
        origin,
        'key',
      )
  }
}

export const literalSecret: Problem = {
  code: 'literal-secret',
  message: 'a secret is written into the file',
  expected: '${NAME} or ${file:/run/secrets/name}',
  help: 'take it from the environment or a file, and change the secret',
}

export const shortSecret: Problem = {
  code: 'short-secret',
  message: `a secret of fewer than ${SHORTEST_SECRET} characters is not masked where it is part of another word`,
  expected: `at least ${SHORTEST_SECRET} characters`,
  help: 'change it to a longer one',
}

export const noRoutes: Problem = {
  code: 'no-routes',
  message: 'there are no routes: every call gets the default',
  expected: 'routes, here or in an included file',
  help: 'add the routes; if there are none on purpose, write routes: []',
}
