import { compileBodyList } from '../../actions/compile-actions.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Route, Rule } from '../../model/config.js'
import type { RouteSource } from '../schema/route.js'
import { checkName } from '../validated.js'
import { accountsOf } from './account-names.js'
import type { Context } from './build-context.js'
import { compileRules } from './rules.js'

/** What a route is called: its name, or the first number that it claims. */
export function routeName({ value, origin }: Item<RouteSource>): string {
  return value.name ?? value.to?.[0] ?? `route-${Number(origin.path.at(-1)) + 1}`
}

export function compileRoute({ value, origin }: Item<RouteSource>, name: string, context: Context): Route {
  if (value.name !== undefined) checkName(value.name, below(origin, 'name'), context.report)
  const rules = value.rules ? rulesOf(name, value, origin, context) : [single(name, value, origin, context)]
  return { name, accounts: accountsOf(value, origin, context), rules }
}

const ALWAYS: Rule['conditions'] = []

/** A route's one action of its own is a rule without conditions. */
function single(name: string, value: RouteSource, origin: Origin, context: Context): Rule {
  return { name: undefined, conditions: ALWAYS, actions: compileBodyList(value, name, origin, context) }
}

function rulesOf(
  route: string,
  { rules = [], name: _, to: __, account: ___, ...body }: RouteSource,
  origin: Origin,
  context: Context,
): Rule[] {
  for (const key of Object.keys(body)) {
    if (body[key] !== undefined) context.report.add(besideRules(key), below(origin, key), 'key')
  }
  const placed = rules.flatMap((value, at) =>
    value ? [{ value, at, origin: below(origin, 'rules', at) }] : [],
  )
  return compileRules(placed, route, context)
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
