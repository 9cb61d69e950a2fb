import path from 'node:path'
import { below, type Item } from '../../errors/origin.js'
import type { ConfigError, Reporter } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import type { Config, TestCase } from '../../model/config.js'
import { parseInstant } from '../../schedule/instant.js'
import { type TestSource, testSchema } from '../../schema/test-case.js'
import type { ConfigSource } from '../config-source.js'
import { readDocuments } from '../documents.js'
import { Report } from '../report.js'
import { checkKeys } from '../validated.js'
import { collectList } from './gather.js'

/** Checks what can be checked of a test case without running it: its time, and the route that it expects. */
export function checkTest(
  { value, origin }: Item<TestSource>,
  routes: Config['routes'],
  timezone: string | undefined,
  report: Reporter,
): TestCase {
  const { call, expect } = value
  if (call.at) report.addAll(parseInstant(call.at, timezone).problems, below(origin, 'call', 'at'))
  // an empty name means default
  if (expect.route && !routes.has(expect.route))
    reportUnknown('route', expect.route, routes, report, below(origin, 'expect', 'route'))
  return placed({ value, origin })
}

/** A case that knows where it is, for when it fails. */
function placed({ value, origin }: Item<TestSource>): TestCase {
  return { ...value, written: { file: origin.file.name, path: origin.path } }
}

/** Reads the `tests:` of a file that is not the config itself, with those that it includes. */
export function loadTests(
  file: string,
  configSource: ConfigSource,
): { readonly tests: readonly TestCase[]; readonly errors: readonly ConfigError[] } {
  const report = new Report()
  const documents = readDocuments(path.resolve(file), configSource, report)
  let tests: readonly TestCase[] = []
  report.attempt(() => {
    for (const document of documents) checkKeys(document, report)
    tests = collectList(documents, 'tests', testSchema, report).map(placed)
  })
  return { tests, errors: report.errors([]) }
}
