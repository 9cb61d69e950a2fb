import { parseArgs } from 'node:util'
import { diffConfigs } from '../../src/diff/diff.js'
import { markdownReport, printReport } from '../../src/diff/print.js'
import { type Recording, readRecording, replay } from '../../src/diff/replay.js'
import { reportOf } from '../../src/diff/report.js'
import { visibleAll, visibleJson } from '../../src/errors/visible.js'
import type { Config } from '../../src/model/config.js'
import { parseInstant } from '../../src/schedule/instant.js'
import { load, painter } from '../config-file.js'
import { type Command, type Io, UsageError } from '../io.js'
import { readText } from '../read-text.js'
import { unusable } from '../unusable-config.js'

/** `dialsip diff`: what a change of the config changes for calls. */
export const diff: Command = {
  help: `dialsip diff OLD NEW [--json | --markdown] [--at TIME] [--replay FILE]

Compares what two configs do with calls: which called numbers, callers and times
would be treated differently, and how, with one call for each difference that
shows it. Names, comments and order do not count. Says "no call changes" only if
that is so. Exit 0 then, 1 if calls change, 2 if a config has errors.

  --json          the report as JSON
  --markdown      the report as the comment of a pull request
  --at TIME       look from this time on (ISO 8601); default: now
  --replay FILE   decide recorded calls by both configs: lines of the log, form
                  bodies or JSON objects; - for stdin

  dialsip diff main.yaml config/dialsip.yaml
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        markdown: { type: 'boolean' },
        at: { type: 'string' },
        replay: { type: 'string' },
      },
      allowPositionals: true,
    })
    const [old, other, more] = positionals
    if (old === undefined || other === undefined || more !== undefined)
      throw new UsageError('diff takes two configs, the old and the new')
    if (values.json && values.markdown) throw new UsageError('--json and --markdown cannot be used together')
    const both = { old: loadSound(old, io), new: loadSound(other, io) }
    const at = instantOf(values.at)
    const replayed = values.replay === undefined ? undefined : replay(both, readCalls(values.replay), at)
    const report = reportOf(both, { old, new: other }, diffConfigs(both, at), replayed)
    if (values.json) io.stdout.write(`${visibleJson(report)}\n`)
    else
      io.stdout.write(
        values.markdown ? markdownReport(visibleAll(report)) : printReport(report, painter(io.stdout, io)),
      )
    return report.callsChange ? 1 : 0
  },
}

/** A config with errors treats no calls, so there is nothing to compare. Secrets need not be set. */
function loadSound(file: string, io: Io): Config {
  const { config, errors } = load(file, io, true)
  if (config) return config
  throw unusable(errors, file)
}

function instantOf(text: string | undefined): number {
  // schedules open and close on whole minutes
  if (text === undefined) return Math.floor(Date.now() / 60_000) * 60_000
  const { value, problems } = parseInstant(text)
  if (value === undefined) throw new UsageError(`--at: ${problems[0]!.message}`)
  return value
}

function readCalls(file: string): Recording {
  const text = readText(file)
  try {
    return readRecording(text)
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
}
