import { below } from '../errors/origin.js'
import { follow } from '../model/compile-context.js'
import type { Condition } from '../model/config.js'
import { overrideText } from '../model/state.js'
import { type ScheduleState, scheduleState } from '../schedule/state.js'
import { someListOf, text } from '../schema/scalars.js'
import { type ConditionInput, type ConditionKind, isSubset } from './condition.js'

interface ScheduleCondition extends Condition {
  /** Names. */
  readonly schedules: readonly string[]
}

/** Whether one of some schedules is open. There is no hint: `explain` says of each schedule when it opens next. */
export const schedule: ConditionKind<ScheduleCondition, readonly string[]> = {
  key: 'schedule',
  schema: someListOf(text('the name of a schedule'))
    .optional()
    .describe('Fits while one of these schedules is open.'),
  compile(names, origin, context) {
    const schedules = names.filter((name, at) => follow(context, 'schedule', name, below(origin, at)))
    return [{ key: 'schedule', schedules, text: `schedule ${schedules.join(', ')}` }]
  },
  holds: ({ schedules }, input) => schedules.some((name) => stateOf(name, input).open),
  saw: ({ schedules }, input) =>
    schedules.map((name) => `${name}: ${stateOf(name, input).because}`).join('; '),
  covers: (outer, inner) => isSubset(inner.schedules, outer.schedules),
  schedules: ({ schedules }) => schedules,
  asks: ({ schedules }, config) => ({
    asks: 'time',
    schedules: schedules.map((name) => config.schedules.get(name)!),
  }),
}

/** By its hours, or by what an operator has set. */
function stateOf(name: string, { config, now, overrides }: ConditionInput): ScheduleState {
  const override = overrides?.of('schedule', name)
  if (override) return { open: override.to === 'open', because: overrideText(override) }
  return scheduleState(config.schedules.get(name)!, now)
}
