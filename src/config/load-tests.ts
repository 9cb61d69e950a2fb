import path from 'node:path'
import type { ConfigError } from '../errors/config-error.js'
import type { TestCase } from '../model/config.js'
import { testSchema } from '../schema/test-case.js'
import { collectList } from './collect.js'
import { placed } from './compile/tests.js'
import type { ConfigSource } from './config-source.js'
import { readDocuments } from './documents.js'
import { Report } from './report.js'
import { checkKeys } from './validated.js'

/** Reads the `tests:` of a file that is not the config itself, with those that it includes. */
export function loadTests(
  file: string,
  surroundings: ConfigSource,
): { readonly tests: readonly TestCase[]; readonly errors: readonly ConfigError[] } {
  const report = new Report()
  const documents = readDocuments(path.resolve(file), surroundings, report)
  let tests: readonly TestCase[] = []
  report.attempt(() => {
    for (const document of documents) checkKeys(document, report)
    tests = collectList(documents, 'tests', testSchema, report).map(placed)
  })
  return { tests, errors: report.errors([]) }
}
