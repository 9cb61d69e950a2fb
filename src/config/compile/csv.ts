import { parse } from 'csv-parse/sync'
import type { Problem } from '../../fault/problem.js'
import { parsePattern } from '../../numbers/parse-pattern.js'
import { unreadable } from '../documents.js'
import type { Report } from '../report.js'
import { lineFile, type Origin, type SourceFile } from '../source.js'
import type { Surroundings } from '../surroundings.js'
import type { PlacedClaim } from './claims.js'

/** A row of a `numbersFrom` file: the claim of a number for a route, or for an endpoint. */
export interface NumberRow {
  readonly claim: PlacedClaim
  readonly leadsTo: 'route' | 'endpoint'
  readonly origin: Origin
}

/** A `numbersFrom` file: its rows, and the columns that templates may use. */
export interface NumberTable {
  readonly rows: readonly NumberRow[]
  readonly columns: readonly string[]
}

const EMPTY: NumberTable = { rows: [], columns: [] }

/** Reads a CSV file with a header row: `number`, `route` or `endpoint`, and columns of the user's own. */
export function readNumberTable(
  path: string,
  name: string,
  origin: Origin,
  { read }: Surroundings,
  report: Report,
): NumberTable {
  let text: string
  try {
    text = read(path)
  } catch (error) {
    report.add(unreadable(name, error), origin)
    return EMPTY
  }
  const file = lineFile(name, text)
  const records = readRecords(text, file, report)
  const [header, ...rows] = records
  if (!header || !isHeader(header.record)) {
    if (records.length > 0 || text.trim() === '') report.add(noHeader(header?.record), { file, path: [1] })
    return EMPTY
  }
  const columns = header.record.map((column) => column.trim())
  return {
    rows: rows.flatMap((row) => readRow(row, columns, file, report)),
    columns: columns.filter((column) => !OWN_COLUMNS.includes(column)),
  }
}

const OWN_COLUMNS = ['number', 'route', 'endpoint']

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function readRecords(text: string, file: SourceFile, report: Report): CsvRecord[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as never
  } catch (error) {
    const { lines = 1, message } = error as { lines?: number; message: string }
    report.add(
      {
        code: 'csv-file',
        message: `not valid CSV: ${message}`,
        expected: 'RFC 4180 with commas',
        cure: 'mend the quotes',
      },
      { file, path: [lines] },
    )
    return []
  }
}

function isHeader(record: readonly string[]): boolean {
  return record.includes('number') && (record.includes('route') || record.includes('endpoint'))
}

function readRow(
  { record, info }: CsvRecord,
  columns: readonly string[],
  file: SourceFile,
  report: Report,
): NumberRow[] {
  const origin = { file, path: [info.lines] }
  const values = Object.fromEntries(columns.map((column, at) => [column, record[at] ?? '']))
  const { number = '', route = '', endpoint = '', ...own } = values
  if (number === '' || (route === '') === (endpoint === '')) {
    report.add(incomplete(record.join(',')), origin)
    return []
  }
  const { value, problems } = parsePattern(number)
  report.addAll(problems, origin)
  const leadsTo = route === '' ? 'endpoint' : 'route'
  return value
    ? [{ claim: { pattern: value, route: route || endpoint, values: own, origin }, leadsTo, origin }]
    : []
}

function noHeader(found: readonly string[] | undefined): Problem {
  return {
    code: 'csv-file',
    message: 'the first row does not name the columns number, and route or endpoint',
    expected: 'a header row such as number,route,extension',
    found: found?.join(','),
    cure: 'begin the file with number,route',
  }
}

function incomplete(found: string): Problem {
  return {
    code: 'csv-row',
    message: 'the row does not hold a number and either a route or an endpoint',
    expected: 'a number, and a route or an endpoint',
    found,
    cure: 'fill in what is missing',
  }
}
