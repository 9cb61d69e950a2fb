import type { z } from 'zod'
import type { Origin } from '../errors/origin.js'
import type { CompileContext } from '../model/compile-context.js'
import type { ElementAction } from '../model/config.js'
import type { BodySource } from './schema.js'

/** A kind of action. */
export interface ActionKind {
  /** Its key in a config, and its name in logs, metrics and `explain`. */
  readonly verb: string
  /** What its key may hold, and the line about it for the manual. */
  readonly schema: z.ZodType
  /** Whether the call never comes back from it to what is written after it. */
  readonly ends: boolean
  /** Whether Twilio answers the call for it, so that no later `answerOnBridge` can keep it ringing. */
  readonly answers: boolean
}

/** A kind of action that is one TwiML element: every kind but a dial. */
export interface ElementKind extends ActionKind {
  /** Twilio's name for it. */
  readonly element: string
  /** The action that the key of a body stands for; undefined when there is none, or when it was reported. */
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
