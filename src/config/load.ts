import type { ConfigError, Problem } from '../errors/problem.js'
import type { Admin, Config } from '../model/config.js'
import { compile } from './compile/compile.js'
import { compileAdmin } from './compile/settings.js'
import { type ConfigSource, noteReads, revisionWithValues } from './config-source.js'
import { type Document, readDocuments } from './documents.js'
import { Report } from './report.js'
import { collectSecrets } from './secrets.js'
import { checkKeys } from './validated.js'

/** What came of loading: a config, unless there are errors; and every error and warning with its place. */
export interface Loaded {
  readonly config: Config | undefined
  readonly errors: readonly ConfigError[]
  /** Every file and pattern that was asked for, whether there or not: a change of one may change the config. */
  readonly asked: readonly string[]
}

/** Reads, checks and compiles a config with everything that it includes. Never throws for what a file holds. */
export function loadConfig(file: string, configSource: ConfigSource): Loaded {
  const report = new Report()
  const patterns: string[] = []
  const { source, files, revision } = noteReads(configSource)
  const noted = { ...source, glob: find, missed: miss }
  let complete = !configSource.seal
  const documents = readDocuments(file, noted, report)
  const secrets = collectSecrets(documents, report)
  const main = documents.find((document) => document.main)
  const checked = main && report.attempt(() => checkAll(main))
  const errors = report.errors(secrets)
  const config = report.hasErrors ? undefined : checked
  return { config, errors, asked: [...files, ...patterns] }

  function checkAll({ file }: Document): Config {
    for (const document of documents) checkKeys(document, report)
    const compiled = compile(documents, noted, report)
    if (lacksRoutes(documents, report)) report.add(noRoutes, { file, path: [] })
    return {
      ...compiled,
      revision: complete ? revisionWithValues(revision(), valuesOf(documents)) : revision(),
      // every file that is read is watched
      files: [...files],
      secrets,
    }
  }

  function miss(reference: string): void {
    complete = false
    configSource.missed?.(reference)
  }

  function find(pattern: string): readonly string[] {
    patterns.push(pattern)
    return configSource.glob(pattern)
  }
}

/** The values from outside that decide about calls. Where a replica listens may be of its own. */
function valuesOf(documents: readonly Document[]): string[] {
  return documents.flatMap(({ filled }) =>
    [...filled].filter(([place]) => !/^(admin\0)?listen$/.test(place)).map(([, value]) => value),
  )
}

/** The admin listener of a config, whatever else is wrong with it; undefined in `admin` where it is switched off. */
export function loadAdmin(
  file: string,
  configSource: ConfigSource,
): { admin: Admin | undefined } | { errors: readonly ConfigError[] } {
  const report = new Report()
  const main = readDocuments(file, configSource, report).find((document) => document.main)
  if (!main) return { errors: report.errors([]) }
  const own = new Report()
  const admin = compileAdmin(main, configSource.placeholders, own)
  return own.hasErrors ? { errors: own.errors(collectSecrets([main], new Report())) } : { admin }
}

/** A file that was cut short may lack them; `routes: []` says that there are none on purpose. */
function lacksRoutes(documents: readonly Document[], report: Report): boolean {
  return !report.hasErrors && documents.every(({ tree }) => tree.routes === undefined)
}

const noRoutes: Problem = {
  code: 'no-routes',
  message: 'there are no routes: every call gets the default',
  expected: 'routes, here or in an included file',
  help: 'add the routes; if there are none on purpose, write routes: []',
}
