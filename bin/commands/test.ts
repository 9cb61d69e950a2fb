import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadTests } from '../../src/config/compile/tests.js'
import { lineOf } from '../../src/config/source-file.js'
import { visibleAll } from '../../src/errors/visible.js'
import type { Config, TestCase } from '../../src/model/config.js'
import { reportJunit, reportPretty, reportTap } from '../../src/spec/report.js'
import { runSpec, type SpecResult } from '../../src/spec/run-spec.js'
import { chooseFile } from '../choose-file.js'
import { configSource, painter } from '../config-file.js'
import { type Command, complain, type ExitCode, type Io, UsageError } from '../io.js'
import { loadOffline } from '../offline-config.js'
import { readText } from '../read-text.js'

const REPORTERS: Readonly<Record<string, (result: SpecResult, file: string, io: Io) => string>> = {
  pretty: (result, _file, io) => reportPretty(result, painter(io.stdout, io)),
  tap: (result) => reportTap(result),
  junit: (result, file) => reportJunit(result, file),
}

/** `dialsip test`: runs the config's own cases. */
export const test: Command = {
  help: `dialsip test [FILE] [options]
dialsip test -c CONFIG FILE… [options]

Runs the tests: of a config, or those of other files against it. The time is
fixed, no call is placed, no secret is needed. Exit 1 when a case fails, when
there is none, or when less than PERCENT is covered.

  --fail-under PERCENT   how much of routes, rules, endpoints and hops must be
                         covered; default: 0
  --reporter NAME        pretty, tap or junit
  -c, --config CONFIG    the config, where other files have the tests

  dialsip test config/dialsip.yaml --fail-under 100
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        'fail-under': { type: 'string', default: '0' },
        reporter: { type: 'string', default: 'pretty' },
      },
      allowPositionals: true,
    })
    const report = Object.hasOwn(REPORTERS, values.reporter) ? REPORTERS[values.reporter]! : undefined
    if (!report) throw new UsageError(`there is no reporter "${values.reporter}", only pretty, tap and junit`)
    const least = percent(values['fail-under'])
    const [file, ...testFiles] = filesOf(values.config, positionals, io)
    const config = loadOffline(file, io)
    const tests = testFiles.length > 0 ? testsOf(testFiles, config, io) : fromHere(config.tests, file)
    const result = visibleAll(runSpec(config, tests, placeOf))
    io.stdout.write(report(result, file, io))
    return verdict(result, least, testFiles.join(', ') || file, io)
  },
}

/** The config first, then files of tests. */
function filesOf(config: string | undefined, files: readonly string[], io: Io): [string, ...string[]] {
  if (config !== undefined) return [chooseFile({ option: config }, io), ...files]
  if (files.length > 1) throw new UsageError('several files of tests need the config: -c CONFIG')
  return [chooseFile({ argument: files[0] }, io)]
}

function testsOf(files: readonly string[], config: Config, io: Io): Config['tests'] {
  return files.flatMap((file) => {
    const { tests, errors } = loadTests(file, config, configSource(io.env, true))
    if (errors[0]) throw new UsageError(`${file}: ${errors[0].message}`)
    return fromHere(tests, file)
  })
}

/** The same cases; the paths of their files are given as seen from the working directory. */
function fromHere(tests: Config['tests'], main: string): TestCase[] {
  return tests.map(({ written, ...test }) => ({
    ...test,
    written: { file: join(dirname(main), written!.file), path: written!.path },
  }))
}

/** Reads the file again, which stdin cannot be. */
function placeOf({ written }: TestCase): string | undefined {
  const { file, path } = written!
  return existsSync(file) ? `${file}:${lineOf(readText(file), path)}` : undefined
}

function percent(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 100) return Number(text)
  throw new UsageError(`--fail-under takes a number from 0 to 100, not "${text}"`)
}

function verdict({ cases, failed, coverage }: SpecResult, least: number, file: string, io: Io): ExitCode {
  if (cases.length === 0) complain(io, `${file} has no tests`)
  if (coverage.percent < least) complain(io, `coverage is ${coverage.percent} %, less than ${least} %`)
  return failed === 0 && cases.length > 0 && coverage.percent >= least ? 0 : 1
}
