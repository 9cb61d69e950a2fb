import type { DialContext } from '../dial/dial-context.js'
import type { Item } from '../errors/origin.js'
import type { Action, ActionList } from '../model/config.js'
import type { NamedReferences } from '../model/named-references.js'
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
