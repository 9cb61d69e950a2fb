import type { ErrorCode } from './codes.js'
import type { Problem } from './problem.js'
import { didYouMean, someOf, suggest } from './suggest.js'

/** What one part of a config calls another by its name. */
export type NamedKind = 'endpoint' | 'action' | 'schedule' | 'list' | 'route' | 'account'

const UNKNOWN: Record<NamedKind, { code: ErrorCode; what: string; words?: readonly string[] }> = {
  endpoint: { code: 'unknown-endpoint', what: 'endpoint' },
  action: { code: 'unknown-action', what: 'action' },
  schedule: { code: 'unknown-schedule', what: 'schedule' },
  list: { code: 'unknown-list', what: 'list', words: ['anonymous'] },
  route: { code: 'unknown-route', what: 'route' },
  account: { code: 'unknown-account', what: 'account' },
}

/** A reference that leads nowhere, with the name that was probably meant. */
export function unknownName(kind: NamedKind, name: string, known: Iterable<string>): Problem {
  const names = [...known]
  const meant = meantName(kind, name, names)
  const { code, what } = UNKNOWN[kind]
  const isHost = kind === 'endpoint' && name.includes('.')
  return {
    code,
    message: `no ${what} is called "${name}"${didYouMean(meant)}`,
    expected: names.length > 0 ? someOf(names) : undefined,
    found: name,
    help: meant ? `write ${meant}` : `add ${name} under ${what}s${isHost ? `, or write sip:${name}` : ''}`,
  }
}

/** The name that was probably meant by one that nothing has. */
export function meantName(kind: NamedKind, name: string, known: Iterable<string>): string | undefined {
  return suggest(name, [...known, ...(UNKNOWN[kind].words ?? [])])
}

/** References that lead back to where they began. The last name of `trail` is in it before. */
export function circle(what: string, trail: readonly string[]): Problem {
  const from = trail.indexOf(trail.at(-1)!)
  const way = trail.slice(from).join(' → ')
  return {
    code: 'reference-cycle',
    message: `${what} refer to each other: ${way}`,
    expected: 'references that end somewhere',
    found: trail.at(-1)!,
    help: `take ${trail.at(-1)} out here`,
  }
}
