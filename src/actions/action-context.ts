import type { DialContext } from '../dial/dial-context.js'
import { below, type Item, type Origin } from '../errors/origin.js'
import type { Action, ActionList } from '../model/config.js'
import type { NamedReference, NamedReferences } from '../model/named-references.js'
import type { ActionsSource } from './schema.js'

/** What actions are compiled with. */
export interface ActionContext extends DialContext {
  readonly actions: ReadonlyMap<string, Item<ActionsSource>>
  /** Which named action lists name which. */
  readonly actionReferences: NamedReferences
  /** Named action lists that are compiled already. */
  readonly compiled: Map<string, PlacedList>
  /** Named action lists that are being compiled, outermost first. */
  readonly trail: string[]
  /** What follows a dial that has no `otherwise` of its own; nothing while that itself is compiled. */
  defaultOtherwise(): ActionList | undefined
}

/** A compiled action, and where it stands. */
export type PlacedAction = Item<Action>

/** A compiled list, and where its actions stand. */
export interface PlacedList {
  readonly list: ActionList
  readonly placed: readonly PlacedAction[]
}

/** Where a named list names other lists, also by `action` and `otherwise`. */
export function actionsWithin(name: string, { actions }: Pick<ActionContext, 'actions'>): NamedReference[] {
  const { value, origin } = actions.get(name)!
  return namesIn(value, origin).filter(({ to }) => actions.has(to))
}

function namesIn(source: ActionsSource, origin: Origin): NamedReference[] {
  return source.flatMap((entry, at) => {
    const here = below(origin, at)
    if (typeof entry === 'string') return { to: entry, origin: here }
    return [
      ...namesIn(entry.otherwise ?? [], below(here, 'otherwise')),
      ...namesIn(entry.action ?? [], below(here, 'action')),
    ]
  })
}
