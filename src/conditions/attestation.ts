import { parameter } from '../call/call.js'
import { oneOf, someListOf } from '../schema/scalars.js'
import { type ConditionKind, isSubset, type WordCondition } from './condition.js'

/** How far the caller id is vouched for (STIR/SHAKEN). */
export const attestation: ConditionKind<WordCondition, readonly string[]> = {
  key: 'attestation',
  schema: someListOf(oneOf('A', 'B', 'C', 'failed', 'none'))
    .optional()
    .describe('STIR/SHAKEN: how far the caller id is vouched for, from StirVerstat.'),
  compile: (values) => [{ key: 'attestation', values, text: `attestation ${values.join(', ')}` }],
  holds: ({ values }, { call }) => values.includes(call.attestation),
  saw: (_condition, { call }) => call.attestation,
  hint: (_condition, { params }) =>
    parameter(params, 'StirVerstat') === '' ? 'the call came without StirVerstat' : undefined,
  covers: (outer, inner) => isSubset(inner.values, outer.values),
  asks: ({ values, text }) => ({
    asks: 'attestation',
    text,
    parameter: 'StirVerstat',
    values,
    all: ['none', ...Object.keys(SPELLING)],
    spelling: SPELLING,
  }),
}

/** How Twilio writes them; without one the call comes without the parameter. */
const SPELLING: Readonly<Record<string, string>> = {
  A: 'TN-Validation-Passed-A',
  B: 'TN-Validation-Passed-B',
  C: 'TN-Validation-Passed-C',
  failed: 'TN-Validation-Failed',
}
