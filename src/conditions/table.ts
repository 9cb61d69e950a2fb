import { z } from 'zod'
import type { Call } from '../call/call.js'
import { below, type Origin } from '../errors/origin.js'
import type { Condition, Config } from '../model/config.js'
import type { UnmetCondition } from '../model/decision.js'
import { attestation } from './attestation.js'
import type {
  Affords,
  Asked,
  ConditionContext,
  ConditionInput,
  ConditionKind,
  ConditionsSource,
} from './condition.js'
import { fromCountry } from './country.js'
import { forwardedFrom } from './forwarded-from.js'
import { from } from './from.js'
import { not } from './not.js'
import { params } from './params.js'
import { schedule } from './schedule.js'
import { sipDomain } from './sip-domain.js'
import { to } from './to.js'

/** Every condition, in the order in which those of a rule are asked, however they are written. */
const CONDITIONS: readonly ConditionKind[] = [
  from,
  to,
  forwardedFrom,
  fromCountry,
  schedule,
  attestation,
  sipDomain,
  params,
  not({
    get schema() {
      return conditionsSchema
    },
    kindOf,
    compile: compileConditions,
    unmet: unmetCondition,
    cover: coverAll,
    schedules: schedulesOf,
  }),
]

const BY_KEY: ReadonlyMap<string, ConditionKind> = new Map(CONDITIONS.map((kind) => [kind.key, kind]))

/** What may be under `if`: keys are and-ed, values in a list are or-ed. */
export const conditionsSchema: z.ZodType<ConditionsSource> = z
  .strictObject(
    Object.defineProperties(
      {},
      Object.fromEntries(
        CONDITIONS.map((kind) => [writtenKey(kind), { enumerable: true, get: () => kind.schema }]),
      ),
    ) as Record<string, z.ZodType>,
    'a map with from, schedule, attestation …',
  )
  .meta({ id: 'conditions' })

function writtenKey({ key, written = key }: ConditionKind): string {
  return written
}

/** Compiles `if`: the conditions, all of which must hold. */
export function compileConditions(
  source: ConditionsSource,
  origin: Origin,
  context: ConditionContext,
): Condition[] {
  return CONDITIONS.flatMap((kind) => {
    const key = writtenKey(kind)
    return source[key] === undefined ? [] : kind.compile(source[key], below(origin, key), context)
  })
}

/** The first of the conditions that the call does not meet; undefined when it meets all of them. */
export function unmetCondition(
  conditions: readonly Condition[],
  input: ConditionInput,
): UnmetCondition | undefined {
  const condition = conditions.find((one) => !kindOf(one).holds(one, input))
  return condition && { condition, saw: kindOf(condition).saw(condition, input) }
}

/** How near a call came to a condition that it does not meet; undefined when it was nowhere near. */
export function hint(condition: Condition, call: Call): string | undefined {
  return kindOf(condition).hint?.(condition, call)
}

/** Whether every call that meets `inner` meets `outer` too: each condition of `outer` covers one of `inner`. */
export function coverAll(
  outer: readonly Condition[],
  inner: readonly Condition[],
  affords: Affords,
): boolean {
  return outer.every((condition) =>
    inner.some((other) => other.key === condition.key && kindOf(condition).covers(condition, other, affords)),
  )
}

/** The names of the schedules that conditions ask. */
export function schedulesOf(conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => kindOf(condition).schedules?.(condition) ?? [])
}

/** What a condition asks of a call, as data. */
export function askedBy(condition: Condition, config: Pick<Config, 'schedules'>): Asked {
  return kindOf(condition).asks(condition, config)
}

function kindOf({ key }: Condition): ConditionKind {
  return BY_KEY.get(key)!
}
