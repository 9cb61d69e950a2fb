import { z } from 'zod'
import { type Call, parameter } from '../call/call.js'
import { numberOf } from '../numbers/address.js'
import { countryOf } from '../numbers/national.js'
import { someListOf } from '../schema/scalars.js'
import { type ConditionKind, isSubset, type WordCondition } from './condition.js'

const expected = 'a country in two capital letters, such as DE'

/** The country of the caller. */
export const fromCountry: ConditionKind<WordCondition, readonly string[]> = {
  key: 'fromCountry',
  schema: someListOf(z.string(expected).regex(/^[A-Z]{2}$/, expected))
    .optional()
    .describe('The country of the caller, ISO 3166 in two letters.'),
  compile: (values) => [{ key: 'fromCountry', values, text: `fromCountry ${values.join(', ')}` }],
  holds: ({ values }, { call }) => values.includes(callerCountry(call)),
  saw: (_condition, { call }) => callerCountry(call) || 'no country',
  covers: (outer, inner) => isSubset(inner.values, outer.values),
  asks: ({ values, text }) => ({ asks: 'country', text, parameter: 'FromCountry', values, spare: COUNTRIES }),
}

/** Twilio says where the number is registered; where it does not, the number itself tells. */
function callerCountry(call: Call): string {
  const sent = parameter(call.params, 'FromCountry')
  if (sent) return sent
  const number = numberOf(call.from)
  return number ? (countryOf(number.text) ?? '') : ''
}

/** ISO 3166 leaves the codes with X for private use, so one of all these is always free. */
const COUNTRIES = [
  'US',
  'DE',
  'FR',
  'JP',
  ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter) => `X${letter}`),
]
