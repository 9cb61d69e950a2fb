import { z } from 'zod'
import type { ElementStep } from '../model/decision.js'
import { withBooleans } from '../schema/scalars.js'
import type { ElementKind } from './action.js'

/** `hangup: true` */
export const HANGUP: ElementKind = {
  verb: 'hangup',
  schema: withBooleans(z.literal(['', 'true'], 'nothing or true'))
    .optional()
    .describe('End the call.'),
  ends: true,
  answers: false,
  element: 'Hangup',
  words: () => 'hang up',
  compile: () => ({ value: [], attributes: {} }),
}

/** The end of a call that the config leads nowhere else. */
export const HANG_UP: ElementStep = {
  verb: 'hangup',
  action: { verb: 'hangup', value: [], attributes: {} },
  text: '',
  resume: undefined,
}
