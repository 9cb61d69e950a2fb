import { matches } from '../numbers/pattern-set.js'
import { someListOf, text } from '../schema/scalars.js'
import { type AddressCondition, compileCallers, coversAddresses, nearestPattern } from './callers.js'
import type { ConditionKind } from './condition.js'

/** Who calls. */
export const from: ConditionKind<AddressCondition, readonly string[]> = {
  key: 'from',
  schema: someListOf(text('a number, a pattern, anonymous or the name of a list'))
    .optional()
    .describe('Who calls: numbers, patterns as in to, anonymous, names of lists.'),
  compile: (written, origin, context) => [
    { key: 'from', set: compileCallers(written, origin, context), text: `from ${written.join(', ')}` },
  ],
  holds: ({ set }, { call }) => matches(set, call.from) !== undefined,
  saw: (_condition, { call }) => call.from.text || 'anonymous',
  hint: (condition, call) => nearestPattern(condition, call.from),
  covers: coversAddresses,
  asks: ({ set, text }) => ({ asks: 'from', text, parameter: 'From', set, mayBeAbsent: false }),
}
