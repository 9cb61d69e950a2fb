import { type Call, parameter } from '../call/call.js'
import type { Condition, Config } from '../config/config.js'
import { countryOf } from '../numbers/national.js'
import { matches } from '../numbers/pattern-set.js'
import { sipDomain } from '../numbers/sip-domain.js'
import { type ScheduleState, scheduleState } from '../schedule/state.js'
import { type ActiveOverrides, type Override, overrideText } from './state.js'

/** A condition that a call does not meet, and the value that it was held against. */
export interface Misfit {
  readonly condition: Condition
  readonly saw: string
}

/** What conditions are held against. */
export interface Question {
  readonly config: Config
  readonly call: Call
  /** Epoch milliseconds. */
  readonly now: number
  readonly overrides?: ActiveOverrides | undefined
}

/** The first of the conditions that the call does not meet; undefined when it meets all of them. */
export function misfitOf(conditions: readonly Condition[], question: Question): Misfit | undefined {
  for (const condition of conditions) {
    const saw = test(condition, question)
    if (saw !== undefined) return { condition, saw }
  }
  return undefined
}

type Test<K extends Condition['key']> = (
  condition: Extract<Condition, { key: K }>,
  question: Question,
) => string | undefined

/** Each gives undefined when the condition is met, else what it saw. */
const TESTS: { readonly [K in Condition['key']]: Test<K> } = {
  from: ({ set }, { call }) =>
    matches(set, call.from) === undefined ? call.from.text || 'anonymous' : undefined,
  forwardedFrom: ({ set }, { call }) => {
    const forwarder = call.forwardedFrom
    return forwarder && matches(set, forwarder) !== undefined
      ? undefined
      : (forwarder?.text ?? 'not forwarded')
  },
  fromCountry: ({ countries }, { call }) => {
    const country = callerCountry(call)
    return countries.includes(country) ? undefined : country || 'no country'
  },
  schedule: ({ schedules }, question) => {
    const states = schedules.map((name) => ({ name, ...stateOf(name, question) }))
    return states.some((state) => state.open)
      ? undefined
      : states.map(({ name, because }) => `${name}: ${because}`).join('; ')
  },
  attestation: ({ levels }, { call }) => (levels.includes(call.attestation) ? undefined : call.attestation),
  sipDomain: ({ domains }, { call }) =>
    domains.includes(sipDomain(call.sipDomain)) ? undefined : call.sipDomain || 'no SIP domain',
  param: ({ name, values }, { call }) => {
    const value = parameter(call.params, name)
    return values.some((pattern) => isLike(value, pattern)) ? undefined : `${name}=${value}`
  },
  not: ({ conditions }, question) => (misfitOf(conditions, question) ? undefined : 'they fit'),
}

function test(condition: Condition, question: Question): string | undefined {
  return (TESTS[condition.key] as Test<Condition['key']>)(condition, question)
}

/** By its hours, unless an operator has set it. */
function stateOf(name: string, { config, now, overrides }: Question): ScheduleState {
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
  return call.from.kind === 'number' ? (countryOf(call.from.text) ?? '') : ''
}

function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern
}
