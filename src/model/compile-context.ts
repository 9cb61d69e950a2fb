import type { ActionsSource } from '../actions/schema.js'
import type { CallerList } from '../conditions/lists.js'
import type { PatternContext } from '../config/compile/patterns.js'
import type { DefaultsSource } from '../config/schema/root.js'
import type { HopSource } from '../dial/schema.js'
import type { SharedAttributes } from '../dial/shared-attributes.js'
import type { ErrorCode } from '../errors/codes.js'
import type { Item, Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { someOf, suggest } from '../errors/suggest.js'
import type { Attribute } from '../twilio/attributes.js'
import type { Account, Action, ActionList, Attributes, Endpoint, Hop, PublicUrl } from './config.js'

/** What the parts of the compiler share while one config is compiled. */
export interface Context extends PatternContext {
  readonly publicUrl: PublicUrl
  readonly accounts: readonly Account[]
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly groups: ReadonlyMap<string, Item<readonly (string | HopSource)[]>>
  readonly actions: ReadonlyMap<string, Item<ActionsSource>>
  readonly defaults: Item<DefaultsSource>
  readonly lists: ReadonlyMap<string, CallerList>
  /** Names that stand in the file, however broken what they name is: no second error for the same mistake. */
  readonly names: Readonly<Record<NameKind, ReadonlySet<string>>>
  /** What something leads to; the rest is warned of. */
  readonly used: Readonly<Record<NameKind, Set<string>>>
  /** Hops to the telephone network without a caller id, and where they stand. */
  readonly withoutCallerId: Map<Hop, Origin>
  /** Whether the config says what replicas share. */
  readonly saysState: boolean
  /** What stands around a `failoverOn` that was warned of. */
  readonly lintedFailover: Set<object>
  /** Named endpoints, each in a list of its own. */
  readonly alone: Map<Endpoint, readonly Endpoint[]>
  /** Those of dials. */
  readonly attributes: SharedAttributes
  /** Named action lists that are compiled already. */
  readonly compiled: Map<string, PlacedList>
  /** Named action lists that are being compiled, outermost first. */
  readonly trail: string[]
  /** The SIDs of the accounts that `defaults` names; undefined when it names none. */
  ownAccounts(): readonly string[] | undefined
  /** What follows a dial that has no `otherwise` of its own; nothing while that itself is compiled. */
  defaultOtherwise(): ActionList | undefined
  /** Template names: webhook parameters, dialsip's own and the columns of CSV files. */
  readonly isTemplateName: (name: string) => boolean
  readonly templateNames: readonly string[]
}

/** A compiled action, and where it stands. */
export type PlacedAction = Item<Action>

/** A compiled list, and where its actions stand. */
export interface PlacedList {
  readonly list: ActionList
  readonly placed: readonly PlacedAction[]
}

export type NameKind = 'endpoint' | 'action' | 'schedule' | 'list'

const UNKNOWN: Record<
  NameKind | 'route' | 'account',
  { code: ErrorCode; what: string; words?: readonly string[] }
> = {
  endpoint: { code: 'unknown-endpoint', what: 'endpoint' },
  action: { code: 'unknown-action', what: 'action' },
  schedule: { code: 'unknown-schedule', what: 'schedule' },
  list: { code: 'unknown-list', what: 'list', words: ['anonymous'] },
  route: { code: 'unknown-route', what: 'route' },
  account: { code: 'unknown-account', what: 'account' },
}

/** A reference that leads nowhere, with the name that was probably meant. */
export function unknownName(
  kind: NameKind | 'route' | 'account',
  name: string,
  known: Iterable<string>,
): Problem {
  const names = [...known]
  const meant = meantName(kind, name, names)
  const { code, what } = UNKNOWN[kind]
  const isHost = kind === 'endpoint' && name.includes('.')
  return {
    code,
    message: `no ${what} is called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: names.length > 0 ? someOf(names) : undefined,
    found: name,
    help: meant ? `write ${meant}` : `add ${name} under ${what}s${isHost ? `, or write sip:${name}` : ''}`,
  }
}

/** The name that was probably meant by one that nothing has. */
export function meantName(
  kind: NameKind | 'route' | 'account',
  name: string,
  known: Iterable<string>,
): string | undefined {
  return suggest(name, [...known, ...(UNKNOWN[kind].words ?? [])])
}

/** Marks a name as used and says whether it can be followed; reports it if it is not in the file at all. */
export function follow(context: Context, kind: NameKind, name: string, origin: Origin): boolean {
  const { used, names, report } = context
  used[kind].add(name)
  if (names[kind].has(name)) return true
  report.add(unknownName(kind, name, names[kind]), origin)
  // no warning that nothing uses what was meant here
  used[kind].add(meantName(kind, name, names[kind]) ?? name)
  return false
}

/** The attributes of a table that a source gives, as the text that goes into the TwiML. */
export function attributesOf(
  source: Readonly<Record<string, unknown>>,
  table: readonly Attribute[],
): Attributes {
  const attributes: Record<string, string> = {}
  for (const { name } of table) {
    const value = source[name]
    if (value !== undefined) attributes[name] = Array.isArray(value) ? value.join(' ') : String(value)
  }
  return attributes
}
