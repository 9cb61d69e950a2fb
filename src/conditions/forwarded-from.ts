import { matches } from '../numbers/pattern-set.js'
import { someListOf, text } from '../schema/scalars.js'
import { type AddressCondition, compileCallers, coversAddresses, nearestPattern } from './callers.js'
import type { ConditionKind } from './condition.js'

/** Which number forwarded the call; holds for no call that was not forwarded. */
export const forwardedFrom: ConditionKind<AddressCondition, readonly string[]> = {
  key: 'forwardedFrom',
  schema: someListOf(text('a number or pattern'))
    .optional()
    .describe('The number that forwarded the call, as far as the carrier tells it.'),
  compile: (written, origin, context) => [
    {
      key: 'forwardedFrom',
      set: compileCallers(written, origin, context),
      text: `forwardedFrom ${written.join(', ')}`,
    },
  ],
  holds: ({ set }, { call: { forwardedFrom } }) =>
    forwardedFrom !== undefined && matches(set, forwardedFrom) !== undefined,
  saw: (_condition, { call }) => call.forwardedFrom?.text ?? 'not forwarded',
  hint: (condition, call) => call.forwardedFrom && nearestPattern(condition, call.forwardedFrom),
  covers: coversAddresses,
  asks: ({ set, text }) => ({
    asks: 'forwardedFrom',
    text,
    parameter: 'ForwardedFrom',
    set,
    mayBeAbsent: true,
  }),
}
