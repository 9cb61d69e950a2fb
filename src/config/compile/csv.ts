import { parse } from 'csv-parse/sync'
import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'
import { readFile } from '../read-file.js'
import { lineFile, type Origin, type SourceFile } from '../source.js'
import type { PlacedClaim } from './claims.js'
import type { ListContext } from './lists.js'
import { type PatternContext, readPattern } from './patterns.js'

/** A row of a `numbersFrom` file: the claim of a number for a route, or for an endpoint. */
export interface NumberRow {
  readonly claim: PlacedClaim
  readonly leadsTo: 'route' | 'endpoint'
  /** The cell that names the route or endpoint. */
  readonly origin: Origin
}

/** A `numbersFrom` file: its rows, and the columns that templates may use. */
export interface NumberTable {
  readonly rows: readonly NumberRow[]
  readonly columns: readonly string[]
}

const OWN_COLUMNS = ['number', 'route', 'endpoint']

/** Reads a CSV file with a header row: `number`, `route` or `endpoint`, and columns of the user's own. */
export function readNumberTable(written: string, origin: Origin, context: ListContext): NumberTable {
  const { path, name } = context.fileNamedAt(origin, written)
  const { value: text, problems } = readFile(path, name, context.surroundings)
  context.report.addAll(problems, origin)
  const file = lineFile(name, text ?? '')
  const records = text === undefined ? undefined : readRecords(file, context)
  if (!records) return { rows: [], columns: [] }
  const [header = { record: [] }, ...rows] = records
  const problem = headerProblem(header.record)
  if (problem) context.report.add(problem, { file, path: [1] })
  return {
    rows: problem ? [] : rows.flatMap((row) => readRow(row, header.record, file, context)),
    columns: header.record.filter((column) => !OWN_COLUMNS.includes(column)),
  }
}

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function readRecords(file: SourceFile, { report }: PatternContext): CsvRecord[] | undefined {
  try {
    return parse(file.text, {
      info: true,
      // a file may hold both, after a line was added by another program
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as never
  } catch (error) {
    const { lines, message } = error as { lines: number; message: string }
    report.add(
      {
        code: 'csv-file',
        message: `not valid CSV: ${message}`,
        expected: 'values with commas between, as RFC 4180 has it',
        cure: 'close the quote; a quote within quotes is written twice',
      },
      { file, path: [lines] },
    )
    return undefined
  }
}

function headerProblem(header: readonly string[]): Problem | undefined {
  const found = header.join(',')
  const expected = 'a header row such as number,route,extension'
  const twice = header.find((column, at) => header.indexOf(column) < at)
  if (twice !== undefined) {
    const message = `the column "${twice}" stands twice`
    return { code: 'csv-file', message, expected: 'each column once', found, cure: 'rename one of the two' }
  }
  if (header.includes('number') && (header.includes('route') || header.includes('endpoint'))) return undefined
  return {
    code: 'csv-file',
    message: 'the first row does not name the columns number, and route or endpoint',
    expected,
    found: found || undefined,
    cure: headerCure(header),
  }
}

function headerCure(header: readonly string[]): string {
  if (header.some((column) => /[;\t]/.test(column))) return 'separate the columns with commas'
  const mistyped = header.find((column) => !OWN_COLUMNS.includes(column) && suggest(column, OWN_COLUMNS))
  return mistyped
    ? `write ${suggest(mistyped, OWN_COLUMNS)} for ${mistyped}`
    : 'begin the file with number,route'
}

function readRow(
  { record, info }: CsvRecord,
  columns: readonly string[],
  file: SourceFile,
  context: PatternContext,
): NumberRow[] {
  const values = Object.fromEntries(columns.map((column, at) => [column, record[at] ?? '']))
  const { number = '', route = '', endpoint = '', ...own } = values
  const why = incompleteness(values, record.length - columns.length)
  if (why) {
    context.report.add(incomplete(why, record), { file, path: [info.lines] })
    return []
  }
  const origin = { file, path: [info.lines, number] }
  const pattern = readPattern(number, origin, context)
  if (!pattern) return []
  return [
    {
      claim: { pattern, route: route || endpoint, values: own, origin },
      leadsTo: route === '' ? 'endpoint' : 'route',
      origin: { file, path: [info.lines, route || endpoint] },
    },
  ]
}

function incompleteness(values: Readonly<Record<string, string>>, surplus: number): string | undefined {
  if (surplus > 0) return 'has more values than the header has columns'
  if (!values.number) return 'has no number'
  if (values.route && values.endpoint) return 'has both a route and an endpoint'
  return values.route || values.endpoint ? undefined : 'has neither a route nor an endpoint'
}

function incomplete(why: string, record: readonly string[]): Problem {
  return {
    code: 'csv-row',
    message: `the row ${why}`,
    expected: 'a number, and a route or an endpoint',
    found: record.join(','),
    cure: why.startsWith('has more')
      ? 'quote a value that holds a comma'
      : 'fill in what is missing, or keep one of the two',
  }
}
