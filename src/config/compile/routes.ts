import { compileBodyList } from '../../actions/actions.js'
import { compileConditions } from '../../conditions/compile.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Route, Rule } from '../../model/config.js'
import { claimName } from '../collect.js'
import type { RouteSource, RuleSource } from '../schema/route.js'
import { checkName } from '../shape.js'
import { accountsOf } from './account-names.js'
import type { Context } from './build-context.js'
import { checkReach } from './rules.js'

/** What a route is called: its name, or the first number that it claims. */
export function routeName({ value, origin }: Item<RouteSource>): string {
  return value.name ?? value.to?.[0] ?? `route-${Number(origin.path.at(-1)) + 1}`
}

export function compileRoute({ value, origin }: Item<RouteSource>, name: string, context: Context): Route {
  if (value.name !== undefined) checkName(value.name, below(origin, 'name'), context.report)
  const rules = value.rules
    ? compileRules(name, value, origin, context)
    : [single(name, value, origin, context)]
  return { name, accounts: accountsOf(value, origin, context), rules }
}

const ALWAYS: Rule['conditions'] = []

/** A route's one action of its own is a rule without conditions. */
function single(name: string, value: RouteSource, origin: Origin, context: Context): Rule {
  return { name: undefined, conditions: ALWAYS, actions: compileBodyList(value, name, origin, context) }
}

function compileRules(
  route: string,
  { rules = [], name: _, to: __, account: ___, ...body }: RouteSource,
  origin: Origin,
  context: Context,
): Rule[] {
  for (const key of Object.keys(body)) {
    if (body[key] !== undefined) context.report.add(besideRules(key), below(origin, key), 'key')
  }
  const placed = rules.flatMap((rule, at) => (rule ? [{ rule, at, origin: below(origin, 'rules', at) }] : []))
  const names = new Map<string, Origin>()
  for (const { rule, at, origin: here } of placed)
    claimName('rules', ruleName(rule, at), below(here, 'name'), names, context.report)
  const compiled = placed.map(({ rule, at, origin: here }) => compileRule(route, rule, at, here, context))
  checkReach(
    compiled,
    placed.map((entry) => entry.origin),
    context.report,
  )
  return compiled
}

function compileRule(
  route: string,
  { name, if: conditions = {}, ...body }: RuleSource,
  at: number,
  origin: Origin,
  context: Context,
): Rule {
  const called = ruleName({ name }, at)
  checkName(called, below(origin, 'name'), context.report)
  return {
    name: called,
    conditions: compileConditions(conditions, below(origin, 'if'), context),
    actions: compileBodyList(body, `${route}/${called}`, origin, context),
  }
}

/** A rule's own name, or its place from 1. */
function ruleName({ name }: RuleSource, at: number): string {
  return name ?? String(at + 1)
}

function besideRules(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} stands beside rules; a route has either one action of its own or rules`,
    expected: 'rules alone, or one action',
    found: key,
    help: `move ${key} into a rule; a rule without if fits every call`,
  }
}
