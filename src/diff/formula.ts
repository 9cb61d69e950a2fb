import type { Question, TimeQuestion } from '../conditions/condition.js'
import { askedBy } from '../conditions/table.js'
import type { Condition, Config } from '../model/config.js'
import { scheduleKey } from './schedule-key.js'
import { setKey } from './set-key.js'

/** What a condition asks of a call, as if these were independent of each other: a call may have any of each. */
export type Literal = Question

/** Times are told of in another way. */
export type TimelessLiteral = Exclude<Literal, TimeQuestion>

/** A literal with a key that is equal for literals that hold for the same calls. */
export interface Keyed<L extends Literal = Literal> {
  readonly key: string
  readonly literal: L
}

/** A condition: a literal, or that some conditions do not all hold. Equal keys: the same calls fit. */
export type Formula = Keyed | { readonly key: string; readonly not: readonly Formula[] }

/** Takes the conditions of a rule apart. Schedules are known by what they hold, not by name. */
export function formulas(conditions: readonly Condition[], config: Pick<Config, 'schedules'>): Formula[] {
  return conditions.map((condition) => {
    const asked = askedBy(condition, config)
    if (!('not' in asked)) return literalFormula(asked)
    const not = formulas(asked.not, config)
    return { key: `not(${conjunctionKey(not)})`, not }
  })
}

/** That a call is of none of the accounts that a route is for; `all` are those whose calls are answered. */
export function otherAccount(values: readonly string[], all: readonly string[]): Formula {
  const formula = literalFormula({
    asks: 'account',
    text: `account ${values.join(', ')}`,
    parameter: 'AccountSid',
    values,
    all,
  })
  return { key: `not(${formula.key})`, not: [formula] }
}

/** Equal for lists of conditions that hold for the same calls because they say the same, in whatever order. */
export function conjunctionKey(all: readonly Formula[]): string {
  return [...new Set(all.map(({ key }) => key))].sort().join('&')
}

function literalFormula(literal: Literal): Formula {
  return { key: literalKey(literal), literal }
}

function literalKey(literal: Literal): string {
  return `${literal.asks}${JSON.stringify(contentKey(literal))}`
}

function contentKey(literal: Literal): string | string[] {
  if ('set' in literal) return setKey(literal.set)
  if ('schedules' in literal) return unique(literal.schedules.map(scheduleKey))
  if ('patterns' in literal) return unique(literal.patterns)
  return [unique(literal.values).join(), unique(literal.all ?? []).join()]
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

/** A condition in the words of the config: `from +1900*`, `not fromCountry DE`. */
export function literalText(literal: TimelessLiteral, holds: boolean): string {
  return (holds ? '' : 'not ') + literal.text
}
