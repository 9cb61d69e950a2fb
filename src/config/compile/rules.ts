import type { Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Reporter } from '../../errors/reporter.js'
import type { Condition, Rule } from '../../model/config.js'
import { setCovers } from '../../numbers/covers.js'
import { isEmpty } from '../../numbers/pattern-set.js'

/** Warns of rules that no call can reach, because an earlier rule fits every call that they fit. */
export function checkReach(rules: readonly Rule[], origins: readonly Origin[], report: Reporter): void {
  for (const [at, rule] of rules.entries()) {
    const earlier = rules.slice(0, at).findIndex((before) => coversAll(before.conditions, rule.conditions))
    if (earlier >= 0)
      report.add(unreachable(rules[earlier]!, earlier), origins[at]!, 'value', origins[earlier])
  }
}

/** Whether every call that fits `inner` fits `outer` too: each condition of `outer` follows from one of `inner`. */
function coversAll(outer: readonly Condition[], inner: readonly Condition[]): boolean {
  return outer.every((condition) => inner.some((other) => follows(condition, other)))
}

/** Of a list that is still empty nothing follows: it may be filled without a look at the rules. */
function follows(outer: Condition, inner: Condition): boolean {
  if (outer.key === 'not') return inner.key === 'not' && coversAll(inner.conditions, outer.conditions)
  if (outer.key === 'from' || outer.key === 'forwardedFrom')
    return inner.key === outer.key && !isEmpty(inner.set) && setCovers(outer.set, inner.set)
  if (outer.key === 'param')
    return inner.key === 'param' && inner.name === outer.name && subset(inner.values, outer.values)
  return inner.key === outer.key && subset(valuesOf(inner as Listed), valuesOf(outer as Listed))
}

/** The conditions that hold a list of words. */
type Listed = Extract<Condition, { key: 'fromCountry' | 'schedule' | 'attestation' | 'sipDomain' }>

function valuesOf(condition: Listed): readonly string[] {
  if (condition.key === 'fromCountry') return condition.countries
  if (condition.key === 'schedule') return condition.schedules
  if (condition.key === 'attestation') return condition.levels
  return condition.domains
}

function subset(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.every((value) => outer.includes(value))
}

function unreachable({ name }: Rule, at: number): Problem {
  const which = name === undefined || name === String(at + 1) ? `rule ${at + 1}` : `rule ${name}`
  return {
    code: 'rule-unreachable',
    message: `no call gets here: ${which} fits every call that this rule fits`,
    expected: 'a rule that some call reaches',
    help: `move it above ${which}, or remove it`,
  }
}
