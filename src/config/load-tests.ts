import path from 'node:path'
import type { Fault } from '../fault/fault.js'
import { collectList } from './collect.js'
import { placed } from './compile/tests.js'
import type { TestCase } from './config.js'
import { readDocuments } from './documents.js'
import { Report } from './report.js'
import { testSchema } from './schema/test.js'
import { checkKeys } from './shape.js'
import type { Surroundings } from './surroundings.js'

/** Reads the `tests:` of a file that is not the config itself, with those that it includes. */
export function loadTests(
  file: string,
  surroundings: Surroundings,
): { readonly tests: readonly TestCase[]; readonly faults: readonly Fault[] } {
  const report = new Report()
  const documents = readDocuments(path.resolve(file), surroundings, report)
  for (const document of documents) checkKeys(document, report)
  const tests = collectList(documents, 'tests', testSchema, report).map(placed)
  return { tests, faults: report.faults([]) }
}
