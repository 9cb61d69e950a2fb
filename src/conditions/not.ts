import type { Condition } from '../model/config.js'
import type { ConditionKind, ConditionsSource, ConditionTable } from './condition.js'

interface NotCondition extends Condition {
  readonly conditions: readonly Condition[]
}

/** Holds when at least one of some conditions does not. */
export function not(all: ConditionTable): ConditionKind<NotCondition, ConditionsSource> {
  return {
    key: 'not',
    get schema() {
      return all.schema.optional().describe('Fits when these conditions do not.')
    },
    compile(source, origin, context) {
      const conditions = all.compile(source, origin, context)
      return [{ key: 'not', conditions, text: `not (${conditions.map(({ text }) => text).join(' and ')})` }]
    },
    holds: ({ conditions }, input) => all.unmet(conditions, input) !== undefined,
    saw: ({ conditions }, input) => conditions.map((one) => all.kindOf(one).saw(one, input)).join(' and '),
    covers: (outer, inner, affords) => all.cover(inner.conditions, outer.conditions, affords),
    schedules: ({ conditions }) => all.schedules(conditions),
    asks: ({ conditions }) => ({ not: conditions }),
  }
}
