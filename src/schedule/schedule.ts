import type { Closing } from './closing.js'
import type { Opening } from './opening.js'

/** Opening hours by the wall clock of one time zone. Plain data: it can be handed from thread to thread. */
export interface Schedule {
  readonly name: string
  /** An IANA name, as `parseTimezone` gives it. */
  readonly timezone: string
  readonly openings: readonly Opening[]
  /** Looked through in this order; the first that fits is the reason. They win over every opening. */
  readonly closings: readonly Closing[]
}
