import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadConfig } from '../../src/config/load.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import { draftOfAsterisk } from '../../src/importer/asterisk.js'
import type { WidgetRow } from '../../src/importer/destinations.js'
import { type Draft, sourceOf } from '../../src/importer/draft.js'
import { draftOfDispatcher, draftOfTwiml, type OfflineOptions } from '../../src/importer/offline.js'
import { AccountUnread } from '../../src/importer/read-account.js'
import { type ConfigFiles, secretsIn, writeConfig } from '../../src/importer/write-config.js'
import { showErrors } from '../config-file.js'
import { draftOfAccount } from '../import-account.js'
import { type Command, complain, type Io, UsageError } from '../io.js'
import { readText } from '../read-text.js'
import { table } from '../table.js'
import { writeFiles } from '../write-files.js'

/** `dialsip import`: a config from what is there. */
export const importCommand: Command = {
  help: `dialsip import [--out FILE|FOLDER/] [--force] [--public-url URL] [--json]
               [--subaccounts] [--region REGION] [--api-base-url URL]
dialsip import --from dispatcher|asterisk|twiml FILE [--to NUMBER …]
               [--timezone ZONE] [--out FILE|FOLDER/] [--force] [--json]

Writes a config that does what your Twilio account does today, and says for
each number whether it is taken, or what needs you. The account is only read.
TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN name it; TWILIO_API_KEY and
TWILIO_API_SECRET are used for the REST API if they are set. With --from, the
source is a file of Kamailio, of Asterisk or with TwiML.
Writes ./dialsip.yaml unless --out names another file, or a folder (FOLDER/)
for several files. A file that is there is left alone without --force.

  dialsip import --out config/dialsip.yaml --public-url https://voice.acme.com
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const target = targetOf(values.out)
    refuseToOverwrite(target, values.force)
    try {
      const { draft, widgets } =
        values.from === undefined
          ? await fromAccount(values, positionals, io)
          : { draft: fromFile(values.from, positionals, values), widgets: [] }
      const files = writeConfig(draft, target.main, target.inFolder)
      if (!checksOut(files, target.main, io)) return 1
      const paths = writeFiles(target.folder, files, target.main)
      report(draft, widgets, files, paths, values.json, io)
      return 0
    } catch (error) {
      if (!(error instanceof AccountUnread)) throw error
      complain(io, error.message)
      return 1
    }
  },
}

const OPTIONS = {
  out: { type: 'string', default: 'dialsip.yaml' },
  force: { type: 'boolean', default: false },
  from: { type: 'string' },
  to: { type: 'string', multiple: true },
  timezone: { type: 'string' },
  'public-url': { type: 'string', default: 'https://voice.example.com' },
  subaccounts: { type: 'boolean', default: false },
  region: { type: 'string' },
  'api-base-url': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

type ImportValues = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

interface OutTarget {
  readonly folder: string
  /** The name of the main file. */
  readonly main: string
  readonly inFolder: boolean
}

const IN_FOLDER = ['dialsip.yaml', 'endpoints.yaml', 'routes.yaml', 'tests.yaml', 'numbers.csv']

function targetOf(out: string): OutTarget {
  const inFolder = /[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory())
  if (inFolder) return { folder: out, main: 'dialsip.yaml', inFolder }
  return { folder: path.dirname(out), main: path.basename(out), inFolder }
}

function refuseToOverwrite({ folder, main, inFolder }: OutTarget, force: boolean): void {
  const files = (inFolder ? IN_FOLDER : [main]).map((name) => path.join(folder, name))
  const there = force ? undefined : files.find((file) => existsSync(file))
  if (there !== undefined)
    throw new UsageError(`${there} is there already; name another with --out, or add --force`)
}

async function fromAccount(values: ImportValues, [file]: readonly string[], { env }: Io) {
  if (file !== undefined) throw new UsageError(`--from says what ${file} is: dispatcher, asterisk or twiml`)
  const { 'public-url': publicUrl, 'api-base-url': apiBaseUrl, region, subaccounts } = values
  return draftOfAccount({ publicUrl, apiBaseUrl, region, subaccounts }, env)
}

const SOURCES: Readonly<Record<string, (text: string, file: string, options: OfflineOptions) => Draft>> = {
  dispatcher: draftOfDispatcher,
  asterisk: draftOfAsterisk,
  twiml: draftOfTwiml,
}

function fromFile(from: string, [file, ...more]: readonly string[], values: ImportValues): Draft {
  const read = Object.hasOwn(SOURCES, from) ? SOURCES[from] : undefined
  const known = Object.keys(SOURCES)
  if (!read) throw new UsageError(`--from takes ${known.join(', ')}, not "${from}"`)
  if (file === undefined || more.length > 0) throw new UsageError(`--from ${from} takes one FILE`)
  const options = { publicUrl: values['public-url'], to: values.to ?? [], timezone: values.timezone }
  return read(readText(file), path.basename(file), options)
}

/** Whether the config loads; what is wrong with it is shown, and nothing is written. */
function checksOut(files: ConfigFiles, main: string, io: Io): boolean {
  const { config, errors } = loadConfig(main, sourceOf(files))
  showErrors(errors, main, io.stderr, io)
  if (!config)
    complain(io, 'the config would have errors, so nothing is written; --public-url and --to may be wrong')
  return config !== undefined
}

function report(
  draft: Draft,
  widgets: readonly WidgetRow[],
  files: ConfigFiles,
  paths: readonly string[],
  json: boolean,
  io: Io,
): void {
  const taken = draft.findings.filter((finding) => finding.taken).length
  const counts = { taken, needsYou: draft.findings.length - taken }
  const secrets = secretsIn(files, draft)
  if (json) {
    io.stdout.write(
      `${visibleJson({ written: paths, counts, findings: draft.findings, widgets, secrets })}\n`,
    )
    return
  }
  io.stdout.write(table([HEAD, ...draft.findings.map(rowOf)]))
  if (widgets.length > 0) io.stdout.write(`\n${table([WIDGET_HEAD, ...widgets.map(widgetRow)])}`)
  for (const { variable, where } of secrets) io.stderr.write(`${visible(`set ${variable}: the ${where}`)}\n`)
  io.stderr.write(`${visible(paths.join(', '))}: ${counts.taken} taken, ${counts.needsYou} need you\n`)
}

const HEAD = ['WHAT', '', 'ROUTE', 'WHY', 'DOCS']
const WIDGET_HEAD = ['STUDIO FLOW', 'WIDGET', 'TYPE', 'HERE', '']

function rowOf({ kind, subject, taken, route, why, docs }: Draft['findings'][number]): string[] {
  return [
    kind === 'number' ? subject : `${kind} ${subject}`,
    taken ? 'taken' : 'needs you',
    route || '-',
    why,
    docs,
  ]
}

function widgetRow({ flow, widget, type, counterpart, says }: WidgetRow): string[] {
  return [flow, widget, type, counterpart || '-', says]
}
