import { createHash } from 'node:crypto'
import type { Question, TimeQuestion } from '../conditions/condition.js'
import { askedBy } from '../conditions/table.js'
import type { Condition, Config } from '../model/config.js'
import { findPrefix, type Patterned, type TextIndex } from '../numbers/number-index.js'
import { merge, numberSpans } from '../numbers/number-spans.js'
import type { PatternSet } from '../numbers/pattern-set.js'
import type { Days } from '../schedule/days.js'
import type { Schedule } from '../schedule/schedule.js'

/** What a condition asks of a call. The things asked count as independent: a call may have any combination. */
export type Literal = Question

/** Times are written in another way. */
export type TimelessLiteral = Exclude<Literal, TimeQuestion>

/** A literal; equal keys hold for the same calls. */
export interface Keyed<L extends Literal = Literal> {
  readonly key: string
  readonly literal: L
}

/** A condition: a literal, or that some conditions do not all hold. Equal keys hold for the same calls. */
export type Formula = Keyed | { readonly key: string; readonly not: readonly Formula[] }

/** The conditions of a rule as formulas. The key of a schedule is made from its entries, not from its name. */
export function formulas(conditions: readonly Condition[], config: Pick<Config, 'schedules'>): Formula[] {
  return conditions.map((condition) => {
    const asked = askedBy(condition, config)
    if (!('not' in asked)) return literalFormula(asked)
    const not = formulas(asked.not, config)
    return { key: `not(${conjunctionKey(not)})`, not }
  })
}

/** The condition that a call is of none of the accounts of a route; `all` are the accounts of the config. */
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

/** A key for a list of conditions, in any order. */
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

/** Equal for sets of patterns that match the same addresses, however they are written. */
function setKey(set: PatternSet): string {
  const { from, to } = merge(numberSpans(set.index))
  const hosts = [...set.index.hosts].map(([host, users]) => [host, ...userKeys(users)])
  const content = [set.anonymous, Array.from(from, (first, at) => [first, to[at]]), hosts.sort()]
  return digest(content)
}

/** The users and prefixes that are not within a shorter prefix. */
function userKeys(users: TextIndex<Patterned>): string[] {
  const exact = [...users.exact.keys()].filter((user) => !findPrefix(users, user))
  const prefixes = users.prefixes.flatMap(({ byPrefix }) => [...byPrefix.keys()])
  const widest = prefixes.filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  )
  return [...exact.map((user) => `=${user}`), ...widest.map((prefix) => `*${prefix}`)].sort()
}

/** A short key for plain data of any size. */
export function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}

const keys = new WeakMap<Schedule, string>()

/** Equal for schedules with the same entries, in any order and under any name. */
export function scheduleKey(schedule: Schedule): string {
  const known = keys.get(schedule)
  if (known !== undefined) return known
  const { timezone, openings, closings } = schedule
  const key = digest([
    timezone,
    uniqueJson(openings.map(({ days, windows }) => [daysKey(days), ...windowsKey(windows)])),
    uniqueJson(
      closings.map((closing) =>
        closing.kind === 'dates'
          ? [daysKey(closing.days), ...windowsKey(closing.windows)]
          : [closing.local, closing.absolute].map((spans) => spans.map(({ from, until }) => [from, until])),
      ),
    ),
  ])
  keys.set(schedule, key)
  return key
}

function daysKey(days: Days): unknown {
  return days.kind === 'weekly' ? [...days.weekdays].sort() : [days.kind, days.first, days.last]
}

function windowsKey(windows: readonly { from: number; until: number }[]): unknown[] {
  return uniqueJson(windows.map(({ from, until }) => [from, until]))
}

function uniqueJson(values: readonly unknown[]): string[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].sort()
}
