import type { ErrorCode } from './codes.js'
import type { Origin } from './origin.js'
import type { Problem, Reporter } from './problem.js'
import { didYouMean, someOf, suggest } from './suggest.js'

/** What one part of a config calls another by its name. */
export type NamedKind = 'endpoint' | 'action' | 'schedule' | 'list' | 'route' | 'rule' | 'account'

const UNKNOWN: Record<NamedKind, { code: ErrorCode; words?: readonly string[] }> = {
  endpoint: { code: 'unknown-endpoint' },
  action: { code: 'unknown-action' },
  schedule: { code: 'unknown-schedule' },
  list: { code: 'unknown-list', words: ['anonymous'] },
  route: { code: 'unknown-route' },
  rule: { code: 'unknown-rule' },
  account: { code: 'unknown-account' },
}

/** Names that something has: a map by name, or a set. */
interface KnownNames {
  readonly size: number
  keys(): Iterable<string>
}

/** A reference that leads nowhere, with the name that was probably meant. */
export function unknownName(
  kind: NamedKind,
  name: string,
  known: KnownNames,
  meant = meantName(kind, name, known),
): Problem {
  const { code } = UNKNOWN[kind]
  return {
    code,
    message: `no ${kind} is called "${name}"${didYouMean(meant || undefined)}`,
    expected: known.size > 0 ? someOf(known.keys(), known.size) : undefined,
    found: name,
    help: meant ? `write ${meant}` : addingHelp(kind, name),
  }
}

/**
 * What to add, or what was meant: an address was meant to be dialled. A rule may also be named by its place, so for a
 * rule the help of its code is shown.
 */
function addingHelp(kind: NamedKind, name: string): string | undefined {
  if (kind === 'rule') return undefined
  const uri = name.replace(/^(?:sips?:)?/i, 'sip:')
  if (kind === 'action' && name.includes('@')) return `write dial: ${uri}`
  const isHost = kind === 'endpoint' && name.includes('.')
  return `add ${name} under ${kind}s${isHost ? `, or write ${uri}` : ''}`
}

function meantName(kind: NamedKind, name: string, known: KnownNames): string | undefined {
  return suggest(name, [...known.keys(), ...(UNKNOWN[kind].words ?? [])])
}

/** Reports a reference that leads nowhere. Gives the name that was probably meant, else the one that is written. */
export function reportUnknown(
  kind: NamedKind,
  name: string,
  known: KnownNames,
  report: Reporter,
  origin: Origin,
  part: 'key' | 'value' = 'value',
): string {
  const meant = report.affords(known.size) ? meantName(kind, name, known) : undefined
  report.add(unknownName(kind, name, known, meant ?? ''), origin, part)
  return meant ?? name
}

/** References that lead back to where they began. The way begins and ends with the same name. */
export function circle(what: string, way: readonly string[]): Problem {
  const last = way.at(-1)!
  return {
    code: 'reference-cycle',
    message: `${what} refer to each other: ${chainText(way)}`,
    expected: 'references that end somewhere',
    found: last,
    help: `remove ${last} here`,
  }
}

/** How many names of a long way are shown at its beginning and its end. */
const SHOWN = 4

/** `a → b → a`; of a long way only the ends. */
export function chainText(way: readonly string[]): string {
  const left = way.length - 2 * SHOWN
  const shown = left > 1 ? [...way.slice(0, SHOWN), `… (${left} more)`, ...way.slice(-SHOWN)] : way
  return shown.join(' → ')
}
