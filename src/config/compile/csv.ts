import { createRequire } from 'node:module'
import { below, type Origin } from '../../errors/origin.js'
import type { Problem } from '../../errors/problem.js'
import { suggest } from '../../errors/suggest.js'
import { type Pattern, type PatternContext, readPattern } from '../../numbers/pattern.js'
import { readFile } from '../config-source.js'
import { lineFile } from '../source-file.js'
import type { ListContext } from './lists.js'

/** A row of a `numbersFrom` file: a number, and the route or endpoint that it leads to. */
export interface NumberRow {
  readonly pattern: Pattern
  readonly leadsTo: 'route' | 'endpoint'
  readonly name: string
  /** By the columns of the user's own; undefined when there are none. */
  readonly values: Readonly<Record<string, string>> | undefined
  readonly line: number
}

/** A `numbersFrom` file: its rows, and the columns that templates may use. */
export interface NumberTable {
  readonly rows: readonly NumberRow[]
  readonly columns: readonly string[]
  /** The file; below it are the line and the text of a cell. */
  readonly origin: Origin
}

const OWN_COLUMNS = ['number', 'route', 'endpoint']

/** Reads a CSV file with a header row: `number`, `route` or `endpoint`, and columns of the user's own. */
export function readNumberTable(written: string, origin: Origin, context: ListContext): NumberTable {
  const { path, name } = context.fileNamedAt(origin, written)
  const { value: text, problems } = readFile(path, name, context.configSource)
  context.report.addAll(problems, origin)
  const table: Origin = { file: lineFile(name, text ?? ''), path: [] }
  const records = text === undefined ? undefined : readRecords(table, context)
  if (!records) return { rows: [], columns: [], origin: table }
  const { value: header, done } = records.next()
  const columns = done ? [] : header.fields
  const problem = headerProblem(columns)
  if (problem) context.report.add(problem, below(table, 1))
  return {
    rows: problem ? [] : readRows(records, columns, table, context),
    columns: columns.length > MOST_COLUMNS ? [] : ownColumns(columns),
    origin: table,
  }
}

function ownColumns(columns: readonly string[]): string[] {
  return columns.filter((column) => !OWN_COLUMNS.includes(column))
}

function readRecords(table: Origin, { report }: PatternContext): IterableIterator<CsvRecord> | undefined {
  try {
    return csvRecords(table.file.text)
  } catch (error) {
    const { lines, message } = error as { lines: number; message: string }
    report.add(
      {
        code: 'csv-file',
        message: `not valid CSV: ${message}`,
        expected: 'values with commas between, as RFC 4180 has it',
        help: 'close the quote; a quote within quotes is written twice',
      },
      below(table, lines),
    )
    return undefined
  }
}

function headerProblem(header: readonly string[]): Problem | undefined {
  const found = header.join(',')
  const expected = 'a header row such as number,route,extension'
  if (header.length > MOST_COLUMNS) return tooManyColumns(header.length)
  const twice = header.find((column, at) => header.indexOf(column) < at)
  if (twice !== undefined) {
    const message = `the column "${twice}" appears twice`
    return { code: 'csv-file', message, expected: 'each column once', found, help: 'rename one of the two' }
  }
  if (header.includes('number') && (header.includes('route') || header.includes('endpoint'))) return undefined
  return {
    code: 'csv-file',
    message: 'the first row does not name the columns number, and route or endpoint',
    expected,
    found: found || undefined,
    help: headerHelp(header),
  }
}

/** Each column is a name that templates may use. */
const MOST_COLUMNS = 1000

function tooManyColumns(found: number): Problem {
  return {
    code: 'load-limit',
    message: `the file has ${found} columns`,
    expected: `at most ${MOST_COLUMNS}`,
    help: 'leave out the columns that no template uses',
  }
}

function headerHelp(header: readonly string[]): string {
  if (header.some((column) => /[;\t]/.test(column))) return 'separate the columns with commas'
  const mistyped = header.find((column) => !OWN_COLUMNS.includes(column) && suggest(column, OWN_COLUMNS))
  return mistyped
    ? `write ${suggest(mistyped, OWN_COLUMNS)} for ${mistyped}`
    : 'begin the file with number,route'
}

function readRows(
  records: Iterable<CsvRecord>,
  columns: readonly string[],
  table: Origin,
  context: PatternContext,
): NumberRow[] {
  const [number, route, endpoint] = OWN_COLUMNS.map((name) => columns.indexOf(name)) as [
    number,
    number,
    number,
  ]
  const own = ownColumns(columns).map((column): [string, number] => [column, columns.indexOf(column)])
  const rows: NumberRow[] = []
  for (const { fields, line } of records) {
    const row = { number: fields[number] ?? '', route: fields[route] ?? '', endpoint: fields[endpoint] ?? '' }
    const lacks = incompleteness(row, fields.length - columns.length)
    if (lacks) context.report.add(incomplete(lacks, fields), below(table, line))
    const pattern = lacks ? undefined : readPattern(row.number, table, context, line, row.number)
    if (!pattern) continue
    const values = own.length === 0 ? undefined : valuesOf(own, fields)
    const leadsTo = row.route === '' ? 'endpoint' : 'route'
    rows.push({ pattern, leadsTo, name: row[leadsTo], values, line })
  }
  return rows
}

function valuesOf(
  own: readonly (readonly [column: string, at: number])[],
  fields: readonly string[],
): Record<string, string> {
  return Object.fromEntries(own.map(([column, at]) => [column, fields[at] ?? '']))
}

/** Why a row leads nowhere, and what to do about it. */
type Incompleteness = { readonly why: string; readonly help: string }

function incompleteness(
  { number, route, endpoint }: Readonly<Record<'number' | 'route' | 'endpoint', string>>,
  surplus: number,
): Incompleteness | undefined {
  if (surplus > 0)
    return { why: 'has more values than the header has columns', help: 'quote a value that holds a comma' }
  if (number === '') return { why: 'has no number', help: 'fill in the number' }
  if (route !== '' && endpoint !== '')
    return { why: 'has both a route and an endpoint', help: 'keep one of the two' }
  if (route !== '' || endpoint !== '') return undefined
  return { why: 'has neither a route nor an endpoint', help: 'fill in the route or the endpoint' }
}

function incomplete({ why, help }: Incompleteness, record: readonly string[]): Problem {
  return {
    code: 'csv-row',
    message: `the row ${why}`,
    expected: 'a number, and a route or an endpoint',
    found: record.join(','),
    help,
  }
}

/** Spreadsheets write an empty line as a row of commas. */
const FILLED = /[^\s,]/

/** A row of a CSV file with a value in it, and its line, from 1: of a row over several lines, the last. */
interface CsvRecord {
  readonly fields: readonly string[]
  readonly line: number
}

/** The rows of a CSV text (RFC 4180), with no spaces around values. Throws what `csv-parse` throws. */
function csvRecords(text: string): IterableIterator<CsvRecord> {
  return text.includes('"') ? quotedRecords(text).values() : plainRecords(text)
}

const require = createRequire(import.meta.url)

/** Reads any CSV. A file may hold several line endings, after a line was added by another program. */
export function quotedRecords(text: string): CsvRecord[] {
  // loaded for the first text with a quote: most configs have none
  const { parse } = require('csv-parse/sync') as typeof import('csv-parse/sync')
  const records: { record: string[]; info: { lines: number } }[] = parse(text, {
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
  }) as never
  return records.map(({ record, info }) => ({ fields: record, line: info.lines }))
}

/** The same for a text without quotes, ten times as fast. */
export function* plainRecords(text: string): Generator<CsvRecord> {
  let line = 0
  for (const row of text.split(/\r\n|\n|\r/)) {
    line += 1
    if (FILLED.test(row)) yield { fields: row.split(',').map((field) => field.trim()), line }
  }
}
