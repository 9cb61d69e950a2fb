import { whole } from '../schema/scalars.js'
import { templateText } from '../template/template.js'
import type { ElementKind } from './action.js'

/** `pause: 2`. As the first verb it does not answer the call: the caller hears it ring ("TwiML <Pause>"). */
export const PAUSE: ElementKind = {
  verb: 'pause',
  // Twilio sets no upper limit; a longer silence is a mistake
  schema: whole(1, 300, 'seconds').optional().describe('Wait; as the first action the caller hears it ring.'),
  ends: false,
  answers: false,
  element: 'Pause',
  attributes: ({ value }) => ({ length: templateText(value) }),
  compile: ({ pause }) => ({ value: [String(pause)], attributes: {} }),
}
