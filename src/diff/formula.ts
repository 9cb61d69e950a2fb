import type { Condition } from '../model/config.js'
import type { PatternSet } from '../numbers/pattern-set.js'
import type { Schedule } from '../schedule/schedule.js'
import { scheduleKey } from './schedule-key.js'
import { setKey } from './set-key.js'

/** What of a call a condition asks, as if these were independent of each other: a call may have any of each. */
export type Literal =
  | { readonly asks: 'from' | 'forwardedFrom'; readonly set: PatternSet; readonly text: string }
  | { readonly asks: 'country' | 'attestation' | 'sipDomain'; readonly values: readonly string[] }
  | { readonly asks: 'account'; readonly values: readonly string[]; readonly all: readonly string[] }
  | { readonly asks: 'time'; readonly schedules: readonly Schedule[] }
  | { readonly asks: `param ${string}`; readonly patterns: readonly string[] }

/** Times are told of in another way. */
export type TimelessLiteral = Exclude<Literal, { asks: 'time' }>

/** A literal with a key that is equal for literals that hold for the same calls. */
export interface Keyed<L extends Literal = Literal> {
  readonly key: string
  readonly literal: L
}

/** A condition: a literal, or that some conditions do not all hold. Equal keys: the same calls fit. */
export type Formula = Keyed | { readonly key: string; readonly not: readonly Formula[] }

/** Takes the conditions of a rule apart. Schedules are known by what they hold, not by name. */
export function formulas(
  conditions: readonly Condition[],
  schedules: ReadonlyMap<string, Schedule>,
): Formula[] {
  return conditions.map((condition) => {
    if (condition.key !== 'not') return literalFormula(literalOf(condition, schedules))
    const not = formulas(condition.conditions, schedules)
    return { key: `not(${conjunctionKey(not)})`, not }
  })
}

/** That a call is of none of the accounts that a route is for; `all` are those whose calls are answered. */
export function otherAccount(values: readonly string[], all: readonly string[]): Formula {
  const formula = literalFormula({ asks: 'account', values, all })
  return { key: `not(${formula.key})`, not: [formula] }
}

/** Equal for lists of conditions that hold for the same calls because they say the same, in whatever order. */
export function conjunctionKey(all: readonly Formula[]): string {
  return [...new Set(all.map(({ key }) => key))].sort().join('&')
}

function literalFormula(literal: Literal): Formula {
  return { key: literalKey(literal), literal }
}

function literalOf(
  condition: Exclude<Condition, { key: 'not' }>,
  schedules: ReadonlyMap<string, Schedule>,
): Literal {
  switch (condition.key) {
    case 'from':
    case 'forwardedFrom':
      return { asks: condition.key, set: condition.set, text: condition.text }
    case 'fromCountry':
      return { asks: 'country', values: condition.countries }
    case 'attestation':
      return { asks: 'attestation', values: condition.levels }
    case 'sipDomain':
      return { asks: 'sipDomain', values: condition.domains }
    case 'schedule':
      return {
        asks: 'time',
        schedules: condition.schedules.map((name) => schedules.get(name)!),
      }
    case 'param':
      return { asks: `param ${condition.name}`, patterns: condition.values }
  }
}

function literalKey(literal: Literal): string {
  return `${literal.asks}${JSON.stringify(contentKey(literal))}`
}

function contentKey(literal: Literal): string | string[] {
  if ('set' in literal) return setKey(literal.set)
  if ('schedules' in literal) return unique(literal.schedules.map(scheduleKey))
  if ('all' in literal) return [unique(literal.values).join(), unique(literal.all).join()]
  return unique('values' in literal ? literal.values : literal.patterns)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

/** A condition in the words of the config: `from +1900*`, `not fromCountry DE`. */
export function literalText(literal: TimelessLiteral, holds: boolean): string {
  return (holds ? '' : 'not ') + plainText(literal)
}

const WORDS: Readonly<Record<string, string>> = { country: 'fromCountry' }

function plainText(literal: TimelessLiteral): string {
  const { asks } = literal
  if ('text' in literal) return `${asks} ${literal.text}`
  if ('values' in literal) return `${WORDS[asks] ?? asks} ${literal.values.join(', ')}`
  return `${asks} ${literal.patterns.map((pattern) => pattern || '""').join(', ')}`
}
