import { parseArgs } from 'node:util'
import { TwimlWriter } from '../../src/actions/twiml-writer.js'
import { placeholderFor } from '../../src/config/substitute.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import type { Config } from '../../src/model/config.js'
import { nextChange } from '../../src/schedule/state.js'
import { secretMasker } from '../../src/sip/masker.js'
import { chooseFile } from '../choose-file.js'
import { type ComparedCall, type ComparedSides, compareCall } from '../compare/compare-call.js'
import { isDrawn } from '../compare/drawn.js'
import { OldWebhook } from '../compare/old-webhook.js'
import { type AskedCall, atChanges, wantedCalls } from '../compare/questions.js'
import {
  type ComparisonReport,
  comparisonJunit,
  comparisonReport,
  comparisonText,
} from '../compare/report.js'
import { COMPARE_OPTIONS, type CompareSettings, type CompareValues, settingsOf } from '../compare/settings.js'
import { painter } from '../config-file.js'
import { type Command, complain, type ExitCode, type Io, onlyFile, UsageError } from '../io.js'
import { loadForPlay } from '../play/load.js'
import { signerOf } from '../play/send.js'

/** `dialsip compare`: asks the webhook of today and this config the same calls. */
export const compare: Command = {
  help: `dialsip compare --old URL [FILE] --yes [options]

Asks the webhook that you have today and this config about the same calls, and
says where their TwiML means different things. The old webhook is really called,
signed with the account's token as Twilio's requests are, and does what it does
for a call: rows, messages, tickets. --dry-run shows what would be asked; --yes
asks. Dials are played through: they answer, then each outcome, as far as both
go together. Both are asked for now, since the old webhook looks at its clock.

  --old URL              the voice URL of today
  --method METHOD        GET or POST; default: POST
  --numbers FILE         these numbers, one a line; default: those of the config
  --replay FILE          recorded calls instead, as dialsip diff reads them
  --from NUMBER          the caller, again for more
  --account NAME         the account that calls, by name or SID
  --outcomes LIST        what comes of a dial besides an answer, with commas
                         between; default: busy,503,noAnswer
  --time-param NAME      the old webhook takes its time from this parameter;
                         calls are then asked at each change of a schedule in
                         the next seven days as well, recorded ones at their
                         own time
  --rate N               requests a second at most; default: 5
  --dry-run              shows the calls, and asks nothing
  --yes                  asks
  --reporter NAME        pretty or junit; default: pretty
  --json                 for machines
  -c, --config FILE      the config, if it is not the argument

Exit 0 if every call is equal, 1 if one is not or has no answer.

  dialsip compare --old https://old.example.com/voice --yes
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: COMPARE_OPTIONS,
      allowPositionals: true,
    })
    const file = chooseFile({ argument: onlyFile('compare', positionals), option: values.config }, io)
    const settings = settingsOf(values)
    const { config, missed } = loadForPlay(file, io)
    const asked = wantedCalls(config, values)
    const calls = settings.timeParam === undefined ? asked.map(forNow) : atChanges(config, asked, Date.now())
    if (values['dry-run']) return showQuestions(settings, calls, io)
    refuseUnsigned(config, missed, calls)
    if (!values.yes)
      throw new UsageError(
        `${settings.start} would really be called, about ${calls.length} calls; --yes does it, --dry-run shows them`,
      )
    const old = new OldWebhook(settings.start, (sid) => signerOf(config, sid), settings.rate)
    const compared = await compareAll(
      { config, writer: new TwimlWriter(config.publicUrl), old, ...settings },
      calls,
      io,
    )
    sayDrawn(config, calls, io)
    const report = comparisonReport(old, calls.length, compared, secretMasker(config.secrets))
    io.stdout.write(written(report, values, io))
    if (settings.timeParam === undefined) sayNextChange(config, io)
    return report.counts.equal === calls.length ? 0 : 1
  },
}

/** The old webhook cannot be asked about another time than now. */
function forNow({ params }: AskedCall): AskedCall {
  return { params, at: undefined }
}

function showQuestions(
  { start, method, outcomes }: CompareSettings,
  calls: readonly AskedCall[],
  io: Io,
): ExitCode {
  for (const { params, at } of calls) {
    const time = at === undefined ? '' : ` at ${new Date(at).toISOString()}`
    io.stdout.write(
      `${visible(`${method} ${start} to ${params.To} from ${params.From || 'anonymous'}${time}`)}\n`,
    )
  }
  const words = ['answered', ...outcomes].join(', ')
  complain(io, `${calls.length} calls, their dials played as ${words}; nothing was asked`)
  return 0
}

/** Without the account's secret the old webhook would refuse everything. */
function refuseUnsigned(config: Config, missed: readonly string[], calls: readonly AskedCall[]): void {
  for (const sid of new Set(calls.map(({ params }) => params.AccountSid!))) {
    const secret = signerOf(config, sid)?.secret ?? ''
    const missing = missed.find((reference) => secret.includes(placeholderFor(reference)))
    if (missing !== undefined)
      throw new UsageError(
        `${missing.slice('${'.length, -1)} is not set, and the questions are signed with it`,
      )
  }
}

/** After so many calls in a row without any answer the rest is not asked. */
const MOST_SILENT = 3

/** So many calls are under way at a time once the old webhook has answered: a slow one does not slow the pace. */
const AT_ONCE = 8

async function compareAll(
  compared: ComparedSides,
  calls: readonly AskedCall[],
  io: Io,
): Promise<ComparedCall[]> {
  const results: ComparedCall[] = []
  let begun = 0
  let silent = 0
  await inTurn(() => results.every(({ isSilent }) => isSilent))
  await Promise.all(Array.from({ length: AT_ONCE }, () => inTurn(() => true)))
  if (silent >= MOST_SILENT)
    complain(io, `${compared.old.start} gave no answer ${MOST_SILENT} times in a row; the rest is not asked`)
  return results

  async function inTurn(goesOn: () => boolean): Promise<void> {
    while (begun < calls.length && silent < MOST_SILENT && goesOn()) {
      const at = begun++
      const result = await compareCall(compared, calls[at]!)
      results[at] = result
      silent = result.isSilent ? silent + 1 : 0
    }
  }
}

/** Says that a `split` draws by chance: that its shares are the same is not compared. */
function sayDrawn(config: Config, calls: readonly AskedCall[], io: Io): void {
  const drawn = calls.filter((call) => isDrawn(config, call)).length
  if (drawn === 0) return
  complain(
    io,
    `a split draws by chance in ${drawn} of the calls; the draw of the old webhook was followed, and the shares are not compared`,
  )
}

function written(report: ComparisonReport, { json, reporter }: CompareValues, io: Io): string {
  if (json) return `${visibleJson(report)}\n`
  return reporter === 'junit' ? comparisonJunit(report) : comparisonText(report, painter(io.stdout, io))
}

/** Says when the next change of a schedule is: the comparison holds until then. */
function sayNextChange({ schedules }: Config, io: Io): void {
  const now = Date.now()
  const changes = [...schedules].flatMap(([name, schedule]) => {
    const change = nextChange(schedule, now)
    return change ? [{ name, ...change }] : []
  })
  const [first] = changes.sort((a, b) => a.at - b.at)
  if (!first) return
  const what = `${first.name} changes at ${new Date(first.at).toISOString()}`
  complain(io, `both were asked for now; schedule ${what}, so compare again after that`)
}
