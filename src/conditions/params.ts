import { z } from 'zod'
import { parameter } from '../call/call.js'
import type { Condition } from '../model/config.js'
import { mapOf, someListOf } from '../schema/scalars.js'
import { type ConditionKind, isSubset, nearestValue } from './condition.js'

interface ParameterCondition extends Condition {
  /** The webhook parameter. */
  readonly name: string
  readonly values: readonly string[]
}

/** What one webhook parameter says; `params` makes a condition of each that it names. */
export const params: ConditionKind<ParameterCondition, Readonly<Record<string, readonly string[]>>> = {
  key: 'param',
  written: 'params',
  schema: mapOf(someListOf(z.string('a text')), 'a map of webhook parameters')
    .optional()
    .describe('Any webhook parameter; a value may end in * for what it begins with.'),
  compile: (written) =>
    Object.entries(written).map(([name, values]) => ({
      key: 'param',
      name,
      values,
      text: `${name} ${values.join(', ')}`,
    })),
  holds({ name, values }, { call }) {
    const value = parameter(call.params, name)
    return values.some((pattern) => isLike(value, pattern))
  },
  saw: ({ name }, { call }) => `${name}=${parameter(call.params, name)}`,
  hint: ({ name, values }, call) => nearestValue(parameter(call.params, name), values),
  covers: (outer, inner) => inner.name === outer.name && isSubset(inner.values, outer.values),
  asks: ({ name, values }) => ({
    asks: `param ${name}`,
    text: `param ${name} ${values.map((pattern) => pattern || '""').join(', ')}`,
    parameter: name,
    patterns: values,
  }),
}

/** Whether a parameter is as a pattern says: the very text, or with `*` at its end a text that begins so. */
export function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern
}
