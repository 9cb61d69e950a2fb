import { WORLD } from '../routes/admin/world.js'
import { loadConfig } from '../src/config/load.js'
import { isError } from '../src/errors/print.js'
import { draftOfAccounts, type NamedAccount } from '../src/importer/account-draft.js'
import { type WidgetRow, widgetRows } from '../src/importer/destinations.js'
import { type Draft, nameOf, sourceOf } from '../src/importer/draft.js'
import { AccountUnread, accountReader } from '../src/importer/read-account.js'
import type { Account, RestSettings } from '../src/model/config.js'
import { type Io, UsageError } from './io.js'

/** What an account comes to. */
interface ReadDraft {
  readonly draft: Draft
  readonly widgets: readonly WidgetRow[]
}

/** What is asked of an account. */
interface AccountQuestion {
  readonly publicUrl: string
  readonly apiBaseUrl: string | undefined
  readonly region: string | undefined
  /** Whether its subaccounts are read as well. */
  readonly subaccounts: boolean
}

/**
 * Reads the account that the environment names, and drafts a config of it. Throws a `UsageError` for wrong settings, an
 * `AccountUnread` when Twilio does not give everything.
 */
export async function draftOfAccount(asked: AccountQuestion, env: Io['env']): Promise<ReadDraft> {
  const settings = restSettings(asked)
  const main = accountOf(env)
  const reader = await accountReader(main, settings, WORLD)
  const subaccounts = asked.subaccounts ? await reader.subaccounts() : []
  const accounts: NamedAccount[] = [
    { account: await reader.read(), name: subaccounts.length > 0 ? 'main' : undefined },
  ]
  for (const { sid, name, authToken } of subaccounts) {
    if (authToken === undefined)
      throw new AccountUnread(
        `Twilio does not show the auth token of subaccount ${sid} (${name}); use the auth token of the main account, not an API key`,
      )
    const account = { ...main, sid, name: sid, authTokens: [authToken], apiKey: undefined }
    accounts.push({
      account: await (await accountReader(account, settings, WORLD)).read(),
      name: freeName(name, accounts),
    })
  }
  const region = asked.region ?? 'us1'
  const draft = draftOfAccounts(accounts, { publicUrl: asked.publicUrl, region })
  return { draft, widgets: accounts.flatMap(({ account }) => account.flows.flatMap(widgetRows)) }
}

function freeName(wanted: string, accounts: readonly NamedAccount[]): string {
  const name = nameOf(wanted)
  return accounts.some((account) => account.name === name) ? `${name}-${accounts.length}` : name
}

/** The account as Twilio's own command line names it. */
function accountOf(env: Io['env']): Account {
  const {
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_AUTH_TOKEN: token,
    TWILIO_API_KEY: key,
    TWILIO_API_SECRET: secret,
  } = env
  if (!sid) throw new UsageError('set TWILIO_ACCOUNT_SID, the SID of the account')
  if (!/^AC[0-9a-f]{32}$/i.test(sid))
    throw new UsageError('TWILIO_ACCOUNT_SID is AC and 32 hexadecimal digits')
  if (!token && !(key && secret)) throw new UsageError('set TWILIO_AUTH_TOKEN, the auth token of the account')
  return {
    sid,
    name: sid,
    authTokens: token ? [token] : [],
    sharedKeys: {},
    enhancedSip: false,
    apiKey: key && secret ? { sid: key, secret } : undefined,
  }
}

/** Read as `twilio` of a config is, so that the same is refused. */
function restSettings({ region, apiBaseUrl }: AccountQuestion): RestSettings {
  const twilio = { ...(apiBaseUrl !== undefined && { apiBaseUrl }), ...(region !== undefined && { region }) }
  const text = JSON.stringify({
    publicUrl: 'https://voice.example.com',
    accounts: [{ sid: `AC${'0'.repeat(32)}`, authTokens: ['${TOKEN}'] }],
    twilio,
    routes: [],
  })
  const { config, errors } = loadConfig('options.yaml', sourceOf(new Map([['options.yaml', text]])))
  if (!config) throw new UsageError(errors.find(isError)!.message)
  return config.twilio
}
