import { below } from '../errors/origin.js'
import { nearMisses } from '../numbers/near-misses.js'
import { lookUp } from '../numbers/number-index.js'
import { readPattern } from '../numbers/pattern.js'
import { buildPatternSet } from '../numbers/pattern-set.js'
import { someListOf, text } from '../schema/scalars.js'
import { type AddressCondition, coversAddresses } from './callers.js'
import type { ConditionKind } from './condition.js'

/** Who is called, in patterns as in a route's `to`: for a rule for some of the numbers of its route. */
export const to: ConditionKind<AddressCondition, readonly string[]> = {
  key: 'to',
  schema: someListOf(text('a number, a prefix, a range or a SIP address'))
    .optional()
    .describe('Who is called: some of the numbers of the route, in patterns as in its to.'),
  compile(written, origin, context) {
    const patterns = written.flatMap((one, at) => readPattern(one, below(origin, at), context) ?? [])
    return [{ key: 'to', set: buildPatternSet(patterns, false), text: `to ${written.join(', ')}` }]
  },
  holds: ({ set }, { call }) => lookUp(set.index, call.to) !== undefined,
  saw: (_condition, { call }) => call.to.text,
  hint: ({ set }, call) => nearMisses(set.index, call.to)[0]?.says,
  covers: coversAddresses,
  asks: ({ set, text }) => ({ asks: 'to', text, parameter: 'To', set, mayBeAbsent: false }),
}
