import { WORLD } from '../routes/admin/world.js'
import type { Inventory } from '../src/account/account-plan.js'
import { placeholderFor } from '../src/config/substitute.js'
import { accountNamed, noAccountCalled } from '../src/for-account.js'
import type { Account, Config } from '../src/model/config.js'
import { type AccountApi, openAccount } from '../src/rest/account-api.js'
import { NoCredentials } from '../src/rest/failure.js'
import type { VoiceResource } from '../src/rest/voice-resources.js'

export type OpenAccounts = ReadonlyMap<Account, AccountApi>

/**
 * Opens the named accounts, or all, before the first is asked, so that missing credentials are reported at once.
 * `missed` are the references of the config to secrets that are not set: those for passwords of endpoints do not
 * matter here.
 */
export async function openAccounts(
  config: Config,
  named: readonly string[] | undefined,
  missed: readonly string[],
): Promise<OpenAccounts> {
  const open = new Map<Account, AccountApi>()
  for (const account of accountsOf(config, named)) {
    checkCredentials(account, missed)
    open.set(account, await openAccount(account, config.twilio, WORLD))
  }
  return open
}

function accountsOf(config: Config, named: readonly string[] | undefined): readonly Account[] {
  if (!named) return config.accounts
  return named.map((name) => {
    const account = accountNamed(config, name)
    if (account) return account
    throw new NoCredentials(noAccountCalled(name, config))
  })
}

/** Throws `NoCredentials` when what an account is asked with leads nowhere. */
export function checkCredentials(
  { sid, name, authTokens, apiKey }: Account,
  missed: readonly string[],
): void {
  const used = [sid, ...(apiKey ? [apiKey.sid, apiKey.secret] : authTokens.slice(0, 1))]
  const missing = missed.filter((reference) => used.some((text) => text.includes(placeholderFor(reference))))
  if (missing.length === 0) return
  // an account without a name is called by its SID
  const shown = missing.some((reference) => name.includes(placeholderFor(reference)))
    ? 'the account'
    : `account ${name}`
  throw new NoCredentials(`${shown} has no credentials; ${missing.map(helpFor).join(' and ')}`)
}

function helpFor(reference: string): string {
  const [, file] = /^\$\{file:(.*)\}$/.exec(reference) ?? []
  const [variable] = /\w+/.exec(reference)!
  return file === undefined ? `set ${variable}` : `mount the secret at ${file}`
}

const OTHERS = ['SIP domain', 'application', 'BYOC trunk', 'trunk'] as const

/** What each account has; with the active regions of its numbers on demand, which is a request for each. */
export async function inventoriesOf(accounts: OpenAccounts, withRegions: boolean): Promise<Inventory[]> {
  const all: Inventory[] = []
  for (const [account, api] of accounts) {
    const numbers = await api.numbers()
    const others: VoiceResource[] = []
    for (const kind of OTHERS) others.push(...(await api.resources(kind)))
    const regions = withRegions ? await regionsOf(api, numbers) : new Map<string, string>()
    all.push({ account, numbers, others, regions })
  }
  return all
}

/** How many numbers are asked about at the same time. */
const AT_ONCE = 8

async function regionsOf(api: AccountApi, numbers: Inventory['numbers']): Promise<Map<string, string>> {
  const regions = new Map<string, string>()
  for (let at = 0; at < numbers.length; at += AT_ONCE)
    await Promise.all(
      numbers.slice(at, at + AT_ONCE).map(async ({ name }) => {
        const region = await api.activeRegion(name)
        if (region !== undefined) regions.set(name, region)
      }),
    )
  return regions
}

/** A subaccount signs its webhooks with a token of its own; without it dialsip would refuse its calls. */
export async function checkSubaccounts(accounts: OpenAccounts, config: Config): Promise<void> {
  for (const [parent, api] of accounts) {
    const unknown = (await api.accounts()).find(({ sid }) => !config.accounts.some((one) => one.sid === sid))
    if (unknown)
      throw new NoCredentials(
        `subaccount ${unknown.sid} (${unknown.name}) of ${parent.name} is not in the config; add it under accounts with its authTokens`,
      )
  }
}
