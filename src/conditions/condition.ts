import type { z } from 'zod'
import type { Call } from '../call/call.js'
import type { Origin } from '../errors/origin.js'
import type { Reporter } from '../errors/problem.js'
import { suggest } from '../errors/suggest.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Condition, Config } from '../model/config.js'
import type { UnmetCondition } from '../model/decision.js'
import type { ActiveOverrides } from '../model/state.js'
import type { Pattern } from '../numbers/pattern.js'
import type { PatternSet } from '../numbers/pattern-set.js'
import type { Schedule } from '../schedule/schedule.js'

/**
 * One condition of a rule, whole: how it is written under `if`, what it is compiled to, which calls it holds for, how
 * `explain` speaks of it, which other conditions it covers, and what `diff` needs to know of it.
 */
export interface ConditionKind<C extends Condition = Condition, Source = unknown> {
  /** The `key` of its conditions. */
  readonly key: C['key']
  /** Its key under `if`, where that is another word. */
  readonly written?: string
  /** What may be written there; optional, with its line for the manual. */
  readonly schema: z.ZodType
  /** What is written, as conditions all of which must hold: mostly one. */
  compile(source: Source, origin: Origin, context: ConditionContext): readonly C[]
  holds(condition: C, input: ConditionInput): boolean
  /** What the call has in place of what the condition wants, in words. */
  saw(condition: C, input: ConditionInput): string
  /** How near a call comes that does not meet it; undefined when it is nowhere near. */
  hint?(condition: C, call: Call): string | undefined
  /** Whether every call for which `inner` holds is one for which `outer` holds. */
  covers(outer: C, inner: C, affords: Affords): boolean
  /** The names of the schedules that it asks. */
  schedules?(condition: C): readonly string[]
  asks(condition: C, config: Pick<Config, 'schedules'>): Asked
}

/** What conditions are compiled with. */
export interface ConditionContext extends CompileContext {
  readonly lists: ReadonlyMap<string, CallerList>
  /** Those of lists that a condition names alone: they are laid out once. */
  readonly listSets: Map<string, PatternSet>
}

/** Callers that have a name together. */
export interface CallerList {
  readonly patterns: readonly Pattern[]
  readonly anonymous: boolean
}

/** What a condition is checked against. */
export interface ConditionInput {
  readonly config: Config
  readonly call: Call
  /** Epoch milliseconds. */
  readonly now: number
  readonly overrides?: ActiveOverrides | undefined
}

/** What a condition asks of a call, or that some conditions do not all hold. */
export type Asked = Question | { readonly not: readonly Condition[] }

/** What a condition asks of a call: `asks` names the thing, of which each call has one value, whatever else it has. */
export type Question = AddressQuestion | WordQuestion | TextQuestion | TimeQuestion

interface Asking {
  readonly asks: string
  /** The condition in the words of the config. */
  readonly text: string
  /** The webhook parameter that holds the value. */
  readonly parameter: string
}

/** Holds for the addresses of a set. */
export interface AddressQuestion extends Asking {
  readonly set: PatternSet
  /** Whether a call may come without such an address; the question then does not hold. */
  readonly mayBeAbsent: boolean
}

/** Holds for some words. */
export interface WordQuestion extends Asking {
  readonly values: readonly string[]
  /** Other words that a call may have. */
  readonly all?: readonly string[]
  /** The first of these that no condition names is taken for all the words that no condition names. */
  readonly spare?: readonly string[]
  /** What Twilio writes for a word, where that is another; nothing for a word that is not here. */
  readonly spelling?: Readonly<Record<string, string>>
}

/** Holds for texts; a pattern with `*` at its end means all that begin so. */
export interface TextQuestion extends Asking {
  readonly patterns: readonly string[]
}

/** Holds while one of the schedules is open. */
export interface TimeQuestion {
  readonly asks: 'time'
  readonly schedules: readonly Schedule[]
}

/** The conditions of a rule as they are written: what is under `if`, by key. */
export type ConditionsSource = Readonly<Record<string, unknown>>

/** All conditions, for one that is made of others. */
export interface ConditionTable {
  readonly schema: z.ZodType<ConditionsSource>
  kindOf(condition: Condition): ConditionKind
  compile(source: ConditionsSource, origin: Origin, context: ConditionContext): Condition[]
  unmet(conditions: readonly Condition[], input: ConditionInput): UnmetCondition | undefined
  cover(outer: readonly Condition[], inner: readonly Condition[], affords: Affords): boolean
  schedules(conditions: readonly Condition[]): string[]
}

/** A condition on a parameter that is one of some words. */
export interface WordCondition extends Condition {
  readonly values: readonly string[]
}

/** A hint for a value that is nearly one of those that would do. */
export function nearestValue(value: string, values: readonly string[]): string | undefined {
  const near = value && suggest(value, values)
  return near ? `would match if it were ${near}` : undefined
}

/** Whether a search may take so many steps; without, nothing is said to be covered. */
export type Affords = Reporter['affords']

/** Whether all values of one list are in another. */
export function isSubset(inner: readonly string[], outer: readonly string[]): boolean {
  // most lists have nothing in common: that is seen before a long one is laid out
  if (inner[0] !== undefined && !outer.includes(inner[0])) return false
  const values = new Set(outer)
  return inner.every((value) => values.has(value))
}
