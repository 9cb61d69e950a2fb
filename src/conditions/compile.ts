import type { ConditionsSource } from '../config/schema/route.js'
import { below, type Origin } from '../errors/origin.js'
import { follow } from '../model/compile-context.js'
import type { Condition } from '../model/config.js'
import { buildPatternSet, type PatternSet } from '../numbers/pattern-set.js'
import { sipDomain } from '../numbers/sip-domain.js'
import type { ConditionContext as Context } from './condition-context.js'
import { type CallerList, isListName, joinLists, readCaller } from './lists.js'

/** Compiles `if`: the conditions, all of which must fit. */
export function compileConditions(source: ConditionsSource, origin: Origin, context: Context): Condition[] {
  const conditions: Condition[] = []
  for (const key of ['from', 'forwardedFrom'] as const) {
    const written = source[key]
    if (written)
      conditions.push({ key, set: callers(written, below(origin, key), context), text: written.join(', ') })
  }
  if (source.fromCountry) conditions.push({ key: 'fromCountry', countries: source.fromCountry })
  if (source.schedule) conditions.push(scheduleCondition(source.schedule, below(origin, 'schedule'), context))
  if (source.attestation) conditions.push({ key: 'attestation', levels: source.attestation })
  if (source.sipDomain) conditions.push({ key: 'sipDomain', domains: source.sipDomain.map(sipDomain) })
  for (const [name, values] of Object.entries(source.params ?? {}))
    conditions.push({ key: 'param', name, values })
  if (source.not)
    conditions.push({ key: 'not', conditions: compileConditions(source.not, below(origin, 'not'), context) })
  return conditions
}

/** Patterns, `anonymous`, and the members of named lists, in one set. */
function callers(written: readonly string[], origin: Origin, context: Context): PatternSet {
  const { patterns, anonymous } = joinLists(
    written.map((entry, at) => caller(entry, below(origin, at), context)),
  )
  return buildPatternSet(patterns, anonymous)
}

const NOBODY: CallerList = { patterns: [], anonymous: false }

function caller(entry: string, origin: Origin, context: Context): CallerList {
  if (!isListName(entry)) return readCaller(entry, origin, context)
  return follow(context, 'list', entry, origin) ? (context.lists.get(entry) ?? NOBODY) : NOBODY
}

function scheduleCondition(names: readonly string[], origin: Origin, context: Context): Condition {
  const schedules = names.filter((name, at) => follow(context, 'schedule', name, below(origin, at)))
  return { key: 'schedule', schedules }
}
