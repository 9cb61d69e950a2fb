import type { ActionKind, ElementKind } from './action.js'
import { DIAL } from './dial.js'
import { HANGUP } from './hangup.js'
import { PAUSE } from './pause.js'
import { PLAY } from './play.js'
import { RECORD } from './record.js'
import { REDIRECT } from './redirect.js'
import { REJECT } from './reject.js'
import { SAY } from './say.js'

/** What one map of a config may do besides a dial, in the order in which it happens. */
export const ELEMENT_KINDS: readonly ElementKind[] = [PAUSE, SAY, PLAY, RECORD, REDIRECT, REJECT, HANGUP]

export const ACTION_KINDS: readonly ActionKind[] = [DIAL, ...ELEMENT_KINDS]

/** `dial`, `say`, … */
export const VERBS: readonly string[] = ACTION_KINDS.map(({ verb }) => verb)

/** Those after which no other action is reached: one map has one of them at most. */
export const ENDS: readonly string[] = ACTION_KINDS.filter(({ ends }) => ends).map(({ verb }) => verb)

const BY_VERB: ReadonlyMap<string, ElementKind> = new Map(ELEMENT_KINDS.map((kind) => [kind.verb, kind]))

/** The kind of an action that is one TwiML element; `verb` is one of those. */
export function elementKind(verb: string): ElementKind {
  return BY_VERB.get(verb)!
}

/** An action in a few words for people: `reject busy`, `hang up`. */
export function actionWords(verb: string, text: string): string {
  const { words } = elementKind(verb)
  return words?.(text) ?? (text === '' ? verb : `${verb} ${text}`)
}
