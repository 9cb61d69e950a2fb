import { oneOf } from '../schema/scalars.js'
import { templateText } from '../template/template.js'
import type { ElementKind } from './action.js'

/** `reject: busy` */
export const REJECT: ElementKind = {
  verb: 'reject',
  schema: oneOf('rejected', 'busy').optional().describe('Refuse the call without answering it.'),
  ends: true,
  answers: false,
  element: 'Reject',
  attributes: ({ value }) => ({ reason: templateText(value) }),
  compile: ({ reject }) => ({ value: [reject as string], attributes: {} }),
}
