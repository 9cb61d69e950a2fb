import { parseArgs } from 'node:util'
import { WORLD } from '../../routes/admin/world.js'
import {
  countPlan,
  hasDrift,
  type Inventory,
  type NumberPlan,
  type PlannedNumber,
  planNumbers,
} from '../../src/account/number-plan.js'
import { planJson } from '../../src/account/plan-json.js'
import { planText } from '../../src/account/plan-text.js'
import type { Account, Config } from '../../src/config/config.js'
import { parsePattern } from '../../src/numbers/parse-pattern.js'
import { buildPatternSet, type PatternSet } from '../../src/numbers/pattern-set.js'
import { type AccountApi, openAccount } from '../../src/rest/account-api.js'
import { NoCredentials } from '../../src/rest/failure.js'
import { defaultFile, painter } from '../config-file.js'
import { type Command, type Io, UsageError } from '../io.js'
import { loadForRest, tellFailure } from '../rest-config.js'

/** `dialsip numbers`: the accounts' numbers beside the config, and with `--apply` as the config wants them. */
export const numbers: Command = {
  help: `dialsip numbers [-c FILE] [--apply] [--only PATTERN …] [--account NAME …] [--subaccounts] [--json]

Compares voice URL, fallback and status callback of each number with what the config wants, and shows what differs.
Nothing is changed without --apply. --only takes numbers, prefixes and ranges, as a route's \`to\` does. --subaccounts
also looks for subaccounts that the config does not know. Exit 1 on drift: a number to change, a claimed number that a
trunk or a TwiML application takes away, or one that none of the accounts has.

  dialsip numbers --only '+4930*' --apply
`,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        apply: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        account: { type: 'string', multiple: true },
        subaccounts: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    })
    const only = values.only && patternSet(values.only)
    const config = loadForRest(values.config ?? defaultFile(io), io, true)
    try {
      const accounts = await openAll(accountsOf(config, values.account), config)
      if (values.subaccounts) await checkSubaccounts(accounts, config)
      const plan = planNumbers(config, await inventories(accounts), only)
      // of some accounts alone it cannot be said which numbers are in none
      const shown = values.account ? { ...plan, missing: [] } : plan
      if (values.apply) await apply(shown, accounts, io)
      const left = values.apply ? applied(shown) : shown
      io.stdout.write(
        values.json
          ? `${JSON.stringify(planJson(left), null, 2)}\n`
          : `${planText(left, painter(io.stdout, io))}\n`,
      )
      return hasDrift(countPlan(left)) ? 1 : 0
    } catch (error) {
      return tellFailure(error, io)
    }
  },
}

function patternSet(texts: readonly string[]): PatternSet {
  const patterns = texts.flatMap((text) => {
    const { value, problems } = parsePattern(text)
    const [problem] = problems
    if (!value) throw new UsageError(`--only: ${problem!.message}`)
    return value
  })
  return buildPatternSet(patterns, false)
}

function accountsOf({ accounts }: Config, named: readonly string[] | undefined): readonly Account[] {
  if (!named) return accounts
  return named.map((name) => {
    const account = accounts.find((one) => one.sid === name || one.name === name)
    if (!account)
      throw new NoCredentials(
        `no account is called "${name}"; the config has ${accounts.map((one) => one.name).join(', ')}`,
      )
    return account
  })
}

type Opened = ReadonlyMap<Account, AccountApi>

/** Every account is opened before the first is asked, so that missing credentials are told at once. */
async function openAll(accounts: readonly Account[], config: Config): Promise<Opened> {
  const opened = new Map<Account, AccountApi>()
  for (const account of accounts) {
    checkPlaceholders(account)
    opened.set(account, await openAccount(account, config.twilio, WORLD))
  }
  return opened
}

/** The config is loaded with placeholders, since passwords of endpoints do not matter here; credentials do. */
function checkPlaceholders({ sid, name, authTokens, apiKey }: Account): void {
  const used = [sid, ...(apiKey ? [apiKey.sid, apiKey.secret] : authTokens.slice(0, 1))]
  const missing = used.find((text) => text.startsWith('placeholder-'))
  if (missing === undefined) return
  const variable = missing.slice('placeholder-'.length).toUpperCase().replaceAll('-', '_')
  throw new NoCredentials(`account ${name} has no credentials; set ${variable}`)
}

async function inventories(accounts: Opened): Promise<Inventory[]> {
  const all: Inventory[] = []
  for (const [account, api] of accounts) all.push({ account, numbers: await api.numbers() })
  return all
}

/** A subaccount signs its webhooks with a token of its own; without it dialsip would refuse its calls. */
async function checkSubaccounts(accounts: Opened, config: Config): Promise<void> {
  for (const [parent, api] of accounts) {
    const unknown = (await api.accounts()).find(({ sid }) => !config.accounts.some((one) => one.sid === sid))
    if (unknown)
      throw new NoCredentials(
        `subaccount ${unknown.sid} (${unknown.name}) of ${parent.name} is not in the config; add it under accounts with its authTokens`,
      )
  }
}

async function apply({ numbers }: NumberPlan, accounts: Opened, io: Io): Promise<void> {
  for (const { account, number, changes } of numbers.filter((one) => one.changes.length > 0)) {
    const settings = Object.fromEntries(changes.map(({ name, shouldBe }) => [name, shouldBe]))
    await accounts.get(account)!.setNumber(number.sid, settings)
    io.stderr.write(`${number.phoneNumber}: set ${changes.map(({ name }) => name).join(', ')}\n`)
  }
}

/** The plan once its changes are made. */
function applied({ numbers, missing }: NumberPlan): NumberPlan {
  return { numbers: numbers.map((planned): PlannedNumber => ({ ...planned, changes: [] })), missing }
}
