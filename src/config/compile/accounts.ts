import type { Item } from '../../errors/origin.js'
import { below } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import type { Reporter } from '../../errors/reporter.js'
import type { Account } from '../../model/config.js'
import type { AccountSource } from '../schema/root.js'
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
    message: `account ${found} stands twice`,
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
