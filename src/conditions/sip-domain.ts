import { z } from 'zod'
import { sipDomain as canonical } from '../numbers/address.js'
import { someListOf } from '../schema/scalars.js'
import { type ConditionKind, isSubset, nearestValue, type WordCondition } from './condition.js'

const expected = 'a SIP domain such as acme.sip.twilio.com'

/** The Twilio SIP domain that the call came in by. */
export const sipDomain: ConditionKind<WordCondition, readonly string[]> = {
  key: 'sipDomain',
  schema: someListOf(z.string(expected).regex(/^[^@:\s]+$/, expected))
    .optional()
    .describe('The Twilio SIP domain that the call came in by.'),
  compile(written) {
    const values = written.map(canonical)
    return [{ key: 'sipDomain', values, text: `sipDomain ${values.join(', ')}` }]
  },
  holds: ({ values }, { call }) => values.includes(canonical(call.sipDomain)),
  saw: (_condition, { call }) => call.sipDomain || 'no SIP domain',
  hint: ({ values }, call) => nearestValue(call.sipDomain, values),
  covers: (outer, inner) => isSubset(inner.values, outer.values),
  asks: ({ values, text }) => ({ asks: 'sipDomain', text, parameter: 'SipDomain', values, all: [''] }),
}
