import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Problem, Reporter } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import { accountNamed } from '../../for-account.js'
import type { Account, Config, Route } from '../../model/config.js'
import type { AccountSource } from '../schema/root.js'
import type { RouteSource } from '../schema/route.js'
import type { ConfigContext } from './build-context.js'
import { compileApiKey } from './rest.js'

/** The accounts of the config; a SID or a name that two of them have is reported. */
export function compileAccounts(
  written: Item<readonly AccountSource[]> | undefined,
  placeholders: boolean,
  report: Reporter,
): Account[] {
  const accounts = (written?.value ?? []).map((value, at) =>
    compileAccount({ value, origin: below(written!.origin, at) }, placeholders, report),
  )
  const sids = new Map<string, number>()
  const names = new Map<string, number>()
  for (const [at, { sid, name }] of accounts.entries()) {
    const origin = (place: number, key: 'sid' | 'name') => below(written!.origin, place, key)
    const first = sids.get(sid)
    if (first !== undefined) report.add(accountTwice(sid), origin(at, 'sid'), 'value', origin(first, 'sid'))
    const named = names.get(name)
    if (named !== undefined && accounts[named]!.sid !== sid)
      report.add(nameTwice(name), origin(at, 'name'), 'value', origin(named, 'name'))
    if (first === undefined) sids.set(sid, at)
    if (named === undefined) names.set(name, at)
  }
  return accounts
}

function nameTwice(found: string): Problem {
  return {
    code: 'duplicate-name',
    message: `two accounts are called "${found}"`,
    expected: 'a name of its own for each account',
    found,
    help: 'rename one of the two',
  }
}

function accountTwice(found: string): Problem {
  return {
    code: 'duplicate-name',
    message: `account ${found} appears twice`,
    expected: 'each account once, with all its authTokens',
    found,
    help: 'put the tokens of both into one',
  }
}

const SID = /^AC[0-9a-f]{32}$/i

function compileAccount(
  { value, origin }: Item<AccountSource>,
  placeholders: boolean,
  report: Reporter,
): Account {
  if (!SID.test(value.sid) && !(placeholders && value.sid.startsWith('placeholder-'))) {
    report.add(
      {
        code: 'account-sid',
        message: `"${value.sid}" is not an account SID`,
        expected: 'AC and 32 hexadecimal digits',
        found: value.sid,
        help: 'copy the Account SID from the Twilio Console',
      },
      below(origin, 'sid'),
    )
  }
  return {
    sid: value.sid,
    name: value.name ?? value.sid,
    authTokens: value.authTokens,
    sharedKeys: value.sharedKeys ?? {},
    enhancedSip: value.enhancedSip ?? false,
    apiKey: compileApiKey(value, origin, report),
  }
}

/** The accounts whose calls a route takes, by SID: its own, else those of `defaults`; undefined for all of them. */
export function accountsOf(
  { account }: RouteSource,
  origin: Origin,
  context: ConfigContext,
): readonly string[] | undefined {
  return account ? sidsOf(account, below(origin, 'account'), context) : context.ownAccounts()
}

/** The SIDs of accounts that are named; a name that no account has is reported. */
export function sidsOf(names: readonly string[], origin: Origin, context: ConfigContext): readonly string[] {
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
  { accounts, ownAccounts, report }: ConfigContext,
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
    message: `calls of all ${accounts.length} accounts reach ${open.length} of ${all} routes, such as ${first.name}`,
    expected: 'account at each route, or under defaults',
    help: `add account: ${names[0]} to the routes of that account; account: [${names.join(', ')}] where they share one`,
  }
}
