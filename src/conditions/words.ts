import type { Call } from '../call/call.js'
import { parameter } from '../call/call.js'
import { suggest } from '../errors/suggest.js'
import type { Condition } from '../model/config.js'
import { type Address, numberOf } from '../numbers/address.js'
import { nearMisses } from '../numbers/near-misses.js'
import type { PatternSet } from '../numbers/pattern-set.js'

/** A condition as the config says it: `from anonymous, +1900*`. */
export function conditionText(condition: Condition): string {
  return TEXTS[condition.key](condition as never)
}

type Texts = { readonly [K in Condition['key']]: (condition: Extract<Condition, { key: K }>) => string }

const TEXTS: Texts = {
  from: ({ text }) => `from ${text}`,
  forwardedFrom: ({ text }) => `forwardedFrom ${text}`,
  fromCountry: ({ countries }) => `fromCountry ${countries.join(', ')}`,
  schedule: ({ schedules }) => `schedule ${schedules.join(', ')}`,
  attestation: ({ levels }) => `attestation ${levels.join(', ')}`,
  sipDomain: ({ domains }) => `sipDomain ${domains.join(', ')}`,
  param: ({ name, values }) => `${name} ${values.join(', ')}`,
  not: ({ conditions }) => `not (${conditions.map(conditionText).join(' and ')})`,
}

/** How near a call came to a condition that it does not meet; undefined when it was nowhere near. */
export function hint(condition: Condition, call: Call): string | undefined {
  return HINTS[condition.key](condition as never, call)
}

type Hints = {
  readonly [K in Condition['key']]: (
    condition: Extract<Condition, { key: K }>,
    call: Call,
  ) => string | undefined
}

const HINTS: Hints = {
  from: ({ set }, call) => nearestCaller(set, call.from),
  forwardedFrom: ({ set }, call) => call.forwardedFrom && nearestCaller(set, call.forwardedFrom),
  fromCountry: () => undefined,
  // when it opens next is said of each schedule that was asked
  schedule: () => undefined,
  attestation: (_condition, { params }) =>
    parameter(params, 'StirVerstat') === '' ? 'the call came without StirVerstat' : undefined,
  sipDomain: ({ domains }, call) => didYouMean(call.sipDomain, domains),
  param: ({ name, values }, call) => didYouMean(parameter(call.params, name), values),
  not: () => undefined,
}

function nearestCaller(set: PatternSet, caller: Address): string | undefined {
  return nearMisses(set.index, numberOf(caller) ?? caller)[0]?.says
}

function didYouMean(value: string, values: readonly string[]): string | undefined {
  const near = value && suggest(value, values)
  return near ? `would match if it were ${near}` : undefined
}

/** The schedules that a condition asks. */
export function schedulesIn(condition: Condition): readonly string[] {
  if (condition.key === 'schedule') return condition.schedules
  return condition.key === 'not' ? condition.conditions.flatMap(schedulesIn) : []
}
