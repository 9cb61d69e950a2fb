import path from 'node:path'
import type { Fault } from '../fault/fault.js'
import { collectList } from './collect.js'
import { readDocuments } from './documents.js'
import { Report } from './report.js'
import { type TestSource, testSchema } from './schema/test.js'
import { checkKeys } from './shape.js'
import type { Surroundings } from './surroundings.js'

/** Reads the `tests:` of a file that is not the config itself, with those that it includes. */
export function loadTests(
  file: string,
  surroundings: Surroundings,
): { readonly tests: readonly TestSource[]; readonly faults: readonly Fault[] } {
  const report = new Report()
  const documents = readDocuments(path.resolve(file), surroundings, report)
  for (const document of documents) checkKeys(document, report)
  const tests = collectList(documents, 'tests', testSchema, report).map(({ value }) => value)
  return { tests, faults: report.faults([]) }
}
