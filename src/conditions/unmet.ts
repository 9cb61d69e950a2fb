import { type Call, parameter } from '../call/call.js'
import type { Condition, Config } from '../model/config.js'
import { type ActiveOverrides, type Override, overrideText } from '../model/state.js'
import { numberOf } from '../numbers/address.js'
import { countryOf } from '../numbers/national.js'
import { matches } from '../numbers/pattern-set.js'
import { sipDomain } from '../numbers/sip-domain.js'
import { type ScheduleState, scheduleState } from '../schedule/state.js'

/** A condition that a call does not meet, and the value that it was held against. */
export interface UnmetCondition {
  readonly condition: Condition
  readonly saw: string
}

/** What conditions are held against. */
export interface ConditionInput {
  readonly config: Config
  readonly call: Call
  /** Epoch milliseconds. */
  readonly now: number
  readonly overrides?: ActiveOverrides | undefined
}

/** The first of the conditions that the call does not meet; undefined when it meets all of them. */
export function unmetCondition(
  conditions: readonly Condition[],
  question: ConditionInput,
): UnmetCondition | undefined {
  const condition = conditions.find((one) => !asked(one).holds(one, question))
  return condition && { condition, saw: asked(condition).sees(condition, question) }
}

/** What a condition asks of a call: whether it is so, and what there is, in words. */
interface Asked<C> {
  readonly holds: (condition: C, question: ConditionInput) => boolean
  readonly sees: (condition: C, question: ConditionInput) => string
}

const ASKED: { readonly [K in Condition['key']]: Asked<Extract<Condition, { key: K }>> } = {
  from: {
    holds: ({ set }, { call }) => matches(set, call.from) !== undefined,
    sees: (_condition, { call }) => call.from.text || 'anonymous',
  },
  forwardedFrom: {
    holds: ({ set }, { call: { forwardedFrom } }) =>
      forwardedFrom !== undefined && matches(set, forwardedFrom) !== undefined,
    sees: (_condition, { call }) => call.forwardedFrom?.text ?? 'not forwarded',
  },
  fromCountry: {
    holds: ({ countries }, { call }) => countries.includes(callerCountry(call)),
    sees: (_condition, { call }) => callerCountry(call) || 'no country',
  },
  schedule: {
    holds: ({ schedules }, question) => schedules.some((name) => stateOf(name, question).open),
    sees: ({ schedules }, question) =>
      schedules.map((name) => `${name}: ${stateOf(name, question).because}`).join('; '),
  },
  attestation: {
    holds: ({ levels }, { call }) => levels.includes(call.attestation),
    sees: (_condition, { call }) => call.attestation,
  },
  sipDomain: {
    holds: ({ domains }, { call }) => domains.includes(sipDomain(call.sipDomain)),
    sees: (_condition, { call }) => call.sipDomain || 'no SIP domain',
  },
  param: {
    holds: ({ name, values }, { call }) => {
      const value = parameter(call.params, name)
      return values.some((pattern) => isLike(value, pattern))
    },
    sees: ({ name }, { call }) => `${name}=${parameter(call.params, name)}`,
  },
  not: {
    holds: ({ conditions }, question) => unmetCondition(conditions, question) !== undefined,
    sees: ({ conditions }, question) => conditions.map((one) => asked(one).sees(one, question)).join(' and '),
  },
}

function asked({ key }: Condition): Asked<Condition> {
  return ASKED[key] as Asked<Condition>
}

/** By its hours, unless an operator has set it. */
function stateOf(name: string, { config, now, overrides }: ConditionInput): ScheduleState {
  const override = overrides?.of('schedule', name)
  if (override) return { open: override.to === 'open', because: overrideText(override) }
  return scheduleState(config.schedules.get(name)!, now)
}

/** The overrides that conditions have been held against. */
export function overridesIn(conditions: readonly Condition[], overrides: ActiveOverrides): Override[] {
  return conditions.flatMap((condition) => {
    if (condition.key === 'not') return overridesIn(condition.conditions, overrides)
    if (condition.key !== 'schedule') return []
    return condition.schedules.flatMap((name) => overrides.of('schedule', name) ?? [])
  })
}

/** Twilio says where the number is registered; for a caller of whom it does not, the number itself tells. */
function callerCountry(call: Call): string {
  const told = parameter(call.params, 'FromCountry')
  if (told) return told
  const number = numberOf(call.from)
  return number ? (countryOf(number.text) ?? '') : ''
}

/** Whether a parameter is as a pattern says: the very text, or with `*` at its end a text that begins so. */
export function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern
}
