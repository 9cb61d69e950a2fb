import { type Call, parseCall } from '../../src/call/call.js'
import type { ConditionInput } from '../../src/conditions/condition.js'
import { askedBy, unmetCondition } from '../../src/conditions/table.js'
import type { Condition, Config, Rule } from '../../src/model/config.js'
import type { ActiveOverrides } from '../../src/model/state.js'

/** Whether a call fits a rule: `depends` where that is for its caller to say. */
export const RULE_NOW = ['yes', 'no', 'depends'] as const

/** The time, and what is known of the calls that are thought of. */
export interface RuleMoment {
  readonly config: Config
  /** Epoch milliseconds. */
  readonly now: number
  readonly overrides: ActiveOverrides | undefined
  /** The called number; undefined for any. */
  readonly to: string | undefined
}

/** Makes a function that says whether a call fits a rule, as far as the time and the called number say. */
export function ruleNow({ config, now, overrides, to }: RuleMoment) {
  const { call } = parseCall({ CallSid: '', AccountSid: '', From: '', To: to ?? '' }) as { call: Call }
  const input: ConditionInput = { config, now, overrides, call }
  return function fitsNow({ conditions }: Rule): (typeof RULE_NOW)[number] {
    const known = conditions.filter(isKnown)
    if (unmetCondition(known, input)) return 'no'
    return known.length === conditions.length ? 'yes' : 'depends'
  }

  function isKnown(condition: Condition): boolean {
    const asked = askedBy(condition, config)
    if ('not' in asked) return asked.not.every(isKnown)
    return asked.asks === 'time' || (asked.asks === 'to' && to !== undefined)
  }
}
