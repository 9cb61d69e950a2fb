import type { z } from 'zod'
import type { DialContext } from '../dial/dial-context.js'
import { below, type Item, type Origin } from '../errors/origin.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Action, ActionList, ElementAction } from '../model/config.js'
import type { NamedReference, NamedReferences } from '../model/named-references.js'
import type { ActionsSource, BodySource } from './schema.js'

/** A kind of action. */
export interface ActionKind {
  /** Its key in a config, and its name in logs, metrics and `explain`. */
  readonly verb: string
  /** What its key may hold, and the line about it for the manual. */
  readonly schema: z.ZodType
  /** Whether the actions after it are never reached. */
  readonly ends: boolean
  /** Whether Twilio answers the call for it, so that no later `answerOnBridge` can keep it ringing. */
  readonly answers: boolean
}

/** A kind of action that is one TwiML element: every kind but a dial. */
export interface ElementKind extends ActionKind {
  /** Twilio's name for it. */
  readonly element: string
  /** The action that the key of a body means; undefined when there is none, or when it was reported. */
  compile(body: BodySource, origin: Origin, context: CompileContext): Omit<ElementAction, 'verb'> | undefined
  /** The value as the content of the element, escaped; without this function it has no content. */
  content?(text: string): string
  /** The attributes of the element, where they are not those of the action. `base` is the public URL. */
  attributes?(action: ElementAction, base: string): Readonly<Record<string, string>>
  /** Whether Twilio asks dialsip after it what comes next, by the URL in its attribute `action`. */
  readonly resumes?: true
  /** A few words for people; default: the verb and the value. */
  words?(text: string): string
}

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

/** A compiled action, and where it is written. */
export type PlacedAction = Item<Action>

/** A compiled list, and where its actions are written. */
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
