import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadConfig } from '../../src/config/load.js'
import { diffConfigs } from '../../src/diff/diff.js'
import { markdownReport, printReport } from '../../src/diff/print.js'
import { type Recording, readRecording, replay } from '../../src/diff/replay.js'
import { type DiffReport, reportOf } from '../../src/diff/report.js'
import { visibleAll, visibleJson } from '../../src/errors/visible.js'
import type { Config } from '../../src/model/config.js'
import { parseInstant } from '../../src/schedule/instant.js'
import { ADMIN_HELP, ADMIN_OPTIONS, type AdminFlags, adminClient, RefusedError } from '../admin-client.js'
import { configSource, load, painter } from '../config-file.js'
import { noteTexts } from '../config-texts.js'
import { type Command, type Io, UnusableConfig, UsageError } from '../io.js'
import { readText } from '../read-text.js'
import { unusable } from '../unusable-config.js'

/** `dialsip diff`: what a change of the config changes for calls. */
export const diff: Command = {
  help: `dialsip diff OLD NEW [--json | --markdown] [--at TIME] [--replay FILE]
dialsip diff --running FILE [--json | --markdown] [--at TIME]

Compares what two configs do with calls: which called numbers, callers and times
would be treated differently, and how, with one call for each difference that
shows it. Names, comments and order do not count. Where it cannot be sure, it
says "may differ". Exit 0 if no call changes, else 1; 2 if a config has errors.

  --json          the report as JSON
  --markdown      the report as the comment of a pull request
  --at TIME       look from this time on (ISO 8601); default: now
  --replay FILE   decide recorded calls by both configs: lines of the log, form
                  bodies or JSON objects; - for stdin
  --running FILE  compare what a server runs with FILE; no secret is sent

${ADMIN_HELP};
                      default: FILE

  dialsip diff main.yaml config/dialsip.yaml
  dialsip diff --running config/dialsip.yaml
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...ADMIN_OPTIONS,
        running: { type: 'string' },
        json: { type: 'boolean' },
        markdown: { type: 'boolean' },
        at: { type: 'string' },
        replay: { type: 'string' },
      },
      allowPositionals: true,
    })
    if (values.json && values.markdown) throw new UsageError('--json and --markdown cannot be used together')
    const report =
      values.running === undefined
        ? compareFiles(positionals, values, io)
        : await compareRunning(values.running, positionals, values, io)
    if (values.json) io.stdout.write(`${visibleJson(report)}\n`)
    else
      io.stdout.write(
        values.markdown ? markdownReport(visibleAll(report)) : printReport(report, painter(io.stdout, io)),
      )
    return report.callsChange ? 1 : 0
  },
}

/** How two configs are compared. */
interface DiffFlags extends AdminFlags {
  readonly at?: string | undefined
  readonly replay?: string | undefined
}

function compareFiles(
  [old, other, more]: readonly string[],
  { at: from, replay: file }: DiffFlags,
  io: Io,
): DiffReport {
  if (old === undefined || other === undefined || more !== undefined)
    throw new UsageError('diff takes two configs, the old and the new')
  const both = { old: loadSound(old, io), new: loadSound(other, io) }
  const at = instantOf(from)
  const replayed = file === undefined ? undefined : replay(both, readCalls(file), at)
  return reportOf(both, { old, new: other }, diffConfigs(both, at), replayed)
}

/** A large config takes the server some seconds, within its own limit. */
const TIMEOUT_MS = 60_000

/** The server has no secrets of FILE to compare with: both configs are read without theirs. */
async function compareRunning(
  file: string,
  others: readonly string[],
  { at, replay: recorded, ...flags }: DiffFlags,
  io: Io,
): Promise<DiffReport> {
  if (others.length > 0 || recorded !== undefined)
    throw new UsageError('diff --running takes one config, and no --replay')
  const instant = at === undefined ? undefined : new Date(instantOf(at)).toISOString()
  const { source, texts } = noteTexts(configSource({}, true))
  const { config, errors } = loadConfig(file, source)
  if (!config) throw unusable(errors, file)
  const asked = {
    file: path.resolve(file),
    files: Object.fromEntries(texts.files),
    found: Object.fromEntries(texts.found),
    at: instant,
  }
  try {
    return await adminClient({ ...flags, config: flags.config ?? file }, io).post(
      '/api/diff',
      asked,
      TIMEOUT_MS,
    )
  } catch (error) {
    // exit code 1 would mean that calls change
    throw error instanceof RefusedError ? new UnusableConfig(error.message) : error
  }
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
