import { below, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import type { Config, Route } from '../../model/config.js'
import { accountNamed } from '../account-named.js'
import type { RouteSource } from '../schema/route.js'
import type { Context } from './build-context.js'

/** The accounts whose calls a route takes, by SID: its own, else those of `defaults`; undefined for all of them. */
export function accountsOf(
  { account }: RouteSource,
  origin: Origin,
  context: Context,
): readonly string[] | undefined {
  return account ? sidsOf(account, below(origin, 'account'), context) : context.ownAccounts()
}

/** The SIDs of accounts that are named; a name that no account has is reported. */
export function sidsOf(names: readonly string[], origin: Origin, context: Context): readonly string[] {
  return names.flatMap((name, at) => {
    const account = accountNamed(context, name)
    if (account) return account.sid
    const known = new Set(context.accounts.map((one) => one.name))
    reportUnknown('account', name, known, context.report, below(origin, at))
    return []
  })
}

/** Which accounts are kept apart, and a warning when several are and a route does not say whose it is. */
export function accountsApart(
  routes: ReadonlyMap<string, Route>,
  origin: Origin,
  { accounts, ownAccounts, report }: Context,
): Config['accountsApart'] {
  const open = [...routes.values()].filter((route) => !route.accounts)
  if (accounts.length > 1 && open.length > 0) report.add(shared(open, routes.size, accounts), origin, 'key')
  const isApart = [...routes.values()].some((route) => keepsOut(route, accounts))
  return isApart ? { rest: ownAccounts() } : undefined
}

/** Whether calls of some account do not come to a route. */
function keepsOut({ accounts: own }: Route, all: Config['accounts']): boolean {
  return own !== undefined && !all.every(({ sid }) => own.includes(sid))
}

function shared(open: readonly Route[], all: number, accounts: Config['accounts']): Problem {
  const [first] = open as [Route]
  const names = accounts.map(({ name }) => name)
  return {
    code: 'accounts-shared',
    message: `calls of any of ${accounts.length} accounts reach ${open.length} of ${all} routes, such as ${first.name}`,
    expected: 'account at each route, or under defaults',
    help: `add account: ${names[0]} to the routes of that account; account: [${names.join(', ')}] where they share one`,
  }
}
