import { parseArgs } from 'node:util'
import { type AccountPlan, type Inventory, planAccounts } from '../../src/account/account-plan.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import { parsePattern } from '../../src/numbers/pattern.js'
import { buildPatternSet, type PatternSet } from '../../src/numbers/pattern-set.js'
import { chooseFile } from '../choose-file.js'
import { painter } from '../config-file.js'
import { type Command, type Io, onlyFile, UsageError } from '../io.js'
import { checkSubaccounts, inventoriesOf, type OpenAccounts, openAccounts } from '../open-accounts.js'
import { countPlan, hasDrift, planJson, planText, titleOf } from '../plan-report.js'
import { loadForRest, tellFailure } from '../rest-config.js'

/** `dialsip numbers`: what leads calls here at Twilio compared with the config, and with `--apply` as the config wants it. */
export const numbers: Command = {
  help: `dialsip numbers [FILE] [--apply] [options]

Compares what leads calls to dialsip at Twilio with what the config wants, and
shows what differs: voice URL, fallback and status callback of the numbers and
SIP domains that routes claim and of the TwiML applications of these numbers;
BYOC trunks and disaster-recovery URLs of Elastic trunks that lead here already.
Exit 1 on drift: something to change, a claimed number that a trunk, another
application or another region takes away, or one that none of the accounts has.

  --apply             sets what differs; without it nothing is changed
  --only PATTERN      these only: a number, prefix, range or SIP address as in a
                      route, again for more
  --claim SID         an application, SIP domain, BYOC trunk or Elastic trunk
                      that is to lead here, wherever it leads today, again for
                      more
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
    const named = new Set(values.claim?.map(claimedSid))
    const missed: string[] = []
    const file = chooseFile({ argument: onlyFile('numbers', positionals), option: values.config }, io)
    const config = loadForRest(file, io, (reference) => missed.push(reference))
    try {
      const accounts = await openAccounts(config, values.account, missed)
      if (values.subaccounts) await checkSubaccounts(accounts, config)
      const inventories = await inventoriesOf(accounts, values.regions)
      refuseUnknown(named, inventories)
      const plan = planAccounts(config, inventories, { only, named })
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
  claim: { type: 'string', multiple: true },
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

function claimedSid(text: string): string {
  if (/^(AP|SD|BY|TK)[0-9a-f]{32}$/i.test(text)) return text
  throw new UsageError(
    `--claim takes the SID of an application (AP…), a SIP domain (SD…), a BYOC trunk (BY…) or an Elastic trunk (TK…), not "${text}"; numbers are claimed by routes`,
  )
}

/** A SID with a mistake in it would look as if all was well. */
function refuseUnknown(named: ReadonlySet<string>, inventories: readonly Inventory[]): void {
  const known = new Set(inventories.flatMap(({ others }) => others.map(({ sid }) => sid)))
  const unknown = [...named].find((sid) => !known.has(sid))
  if (unknown !== undefined) throw new UsageError(`--claim: none of the accounts has ${unknown}`)
}

async function apply({ planned }: AccountPlan, accounts: OpenAccounts, io: Io): Promise<void> {
  for (const { account, resource, changes } of planned.filter((one) => one.changes.length > 0)) {
    await accounts
      .get(account)!
      .set(resource, Object.fromEntries(changes.map(({ setting, shouldBe }) => [setting, shouldBe])))
    const names = changes.map(({ name }) => name).join(', ')
    io.stderr.write(`${visible(titleOf(resource))}: set ${names}\n`)
  }
}

/** The plan once its changes are made. */
function applied({ planned, missing }: AccountPlan): AccountPlan {
  return { planned: planned.map((one) => ({ ...one, changes: [] })), missing }
}
