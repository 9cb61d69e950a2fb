import { parseArgs } from 'node:util'
import {
  countPlan,
  hasDrift,
  type NumberPlan,
  type PlannedNumber,
  planJson,
  planNumbers,
  planText,
} from '../../src/account/number-plan.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import { parsePattern } from '../../src/numbers/pattern.js'
import { buildPatternSet, type PatternSet } from '../../src/numbers/pattern-set.js'
import { chooseFile } from '../choose-file.js'
import { painter } from '../config-file.js'
import { type Command, type Io, onlyFile, UsageError } from '../io.js'
import { checkSubaccounts, inventoriesOf, type OpenAccounts, openAccounts } from '../open-accounts.js'
import { loadForRest, tellFailure } from '../rest-config.js'

/** `dialsip numbers`: the accounts' numbers compared with the config, and with `--apply` as the config wants them. */
export const numbers: Command = {
  help: `dialsip numbers [FILE] [--apply] [options]

Compares voice URL, fallback and status callback of each number of the account
with what the config wants, and shows what differs. Exit 1 on drift: a number to
change, a claimed number that a trunk, a TwiML application or another region
takes away, or one that none of the accounts has.

  --apply             sets what differs; without it nothing is changed
  --only PATTERN      these only: a number, prefix or range as in a route,
                      again for more
  --account NAME      this account only, again for more
  --subaccounts       also looks for subaccounts that the config does not know
  --regions           also asks for each number in which Twilio region its calls
                      are worked on, and marks those of another region
  --json              for machines
  -c, --config FILE   the config, if it is not the argument

  dialsip numbers --only '+4930*' --apply
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const only = values.only && patternSet(values.only)
    const missed: string[] = []
    const file = chooseFile({ argument: onlyFile('numbers', positionals), option: values.config }, io)
    const config = loadForRest(file, io, (reference) => missed.push(reference))
    try {
      const accounts = await openAccounts(config, values.account, missed)
      if (values.subaccounts) await checkSubaccounts(accounts, config)
      const plan = planNumbers(config, await inventoriesOf(accounts, values.regions), only)
      // of some accounts alone it cannot be said which numbers are in none
      const shown = values.account ? { ...plan, missing: [] } : plan
      if (values.apply) await apply(shown, accounts, io)
      const left = values.apply ? applied(shown) : shown
      io.stdout.write(
        values.json ? `${visibleJson(planJson(left))}\n` : `${planText(left, painter(io.stdout, io))}\n`,
      )
      return hasDrift(countPlan(left)) ? 1 : 0
    } catch (error) {
      return tellFailure(error, io)
    }
  },
}

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  apply: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  account: { type: 'string', multiple: true },
  subaccounts: { type: 'boolean' },
  regions: { type: 'boolean', default: false },
  json: { type: 'boolean' },
} as const

function patternSet(texts: readonly string[]): PatternSet {
  const patterns = texts.flatMap((text) => {
    const { value, problems } = parsePattern(text)
    const [problem] = problems
    if (!value) throw new UsageError(`--only: ${problem!.message}`)
    return value
  })
  return buildPatternSet(patterns, false)
}

async function apply({ numbers }: NumberPlan, accounts: OpenAccounts, io: Io): Promise<void> {
  for (const { account, number, changes } of numbers.filter((one) => one.changes.length > 0)) {
    const settings = Object.fromEntries(changes.map(({ name, shouldBe }) => [name, shouldBe]))
    await accounts.get(account)!.setNumber(number.sid, settings)
    io.stderr.write(`${visible(number.phoneNumber)}: set ${changes.map(({ name }) => name).join(', ')}\n`)
  }
}

/** The plan once its changes are made. */
function applied({ numbers, missing }: NumberPlan): NumberPlan {
  return { numbers: numbers.map((planned): PlannedNumber => ({ ...planned, changes: [] })), missing }
}
