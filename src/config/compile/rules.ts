import { compileBodyList } from '../../actions/compile-actions.js'
import { compileConditions, coverAll } from '../../conditions/table.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Rule } from '../../model/config.js'
import { claimName } from '../collect.js'
import type { RuleSource } from '../schema/route.js'
import { checkName } from '../validated.js'
import type { Context } from './build-context.js'

/** A rule and its place in the list, from 0: rules of a wrong shape are left out. */
export interface PlacedRule extends Item<RuleSource> {
  readonly at: number
}

/** Compiles a list of rules. Their action lists have ids such as `berlin/2`, where `berlin` is `owner`. */
export function compileRules(placed: readonly PlacedRule[], owner: string, context: Context): Rule[] {
  const names = new Map<string, Origin>()
  for (const rule of placed)
    claimName('rules', ruleName(rule), below(rule.origin, 'name'), names, context.report)
  const rules = placed.map((rule) => compileRule(rule, owner, context))
  warnOfUnreachable(rules, placed, context)
  return rules
}

function compileRule(placed: PlacedRule, owner: string, context: Context): Rule {
  const { origin } = placed
  const { name: _, if: conditions = {}, ...body } = placed.value
  const name = ruleName(placed)
  checkName(name, below(origin, 'name'), context.report)
  return {
    name,
    conditions: compileConditions(conditions, below(origin, 'if'), context),
    actions: compileBodyList(body, `${owner}/${name}`, origin, context),
  }
}

/** A rule's own name, or its place from 1. */
function ruleName({ value, at }: PlacedRule): string {
  return value.name ?? String(at + 1)
}

/**
 * Warns of rules that no call can reach, because an earlier rule fits every call that they fit. Each is compared with
 * all before it, as far as that takes no more than seconds.
 */
function warnOfUnreachable(rules: readonly Rule[], placed: readonly PlacedRule[], { report }: Context): void {
  for (const [at, rule] of rules.entries()) {
    if (!report.affords(at)) return
    const earlier = rules
      .slice(0, at)
      .findIndex(({ conditions }) => coverAll(conditions, rule.conditions, (steps) => report.affords(steps)))
    if (earlier >= 0)
      report.add(unreachable(rules[earlier]!, earlier), placed[at]!.origin, 'value', placed[earlier]!.origin)
  }
}

function unreachable({ name }: Rule, at: number): Problem {
  const which = name === String(at + 1) ? `rule ${at + 1}` : `rule ${name}`
  return {
    code: 'rule-unreachable',
    message: `no call gets here: ${which} fits every call that this rule fits`,
    expected: 'a rule that some call reaches',
    help: `move it above ${which}, or remove it`,
  }
}
