import { ERROR_CODES, type ErrorCode } from './codes.js'
import { type ConfigError, type Place, pathText } from './problem.js'
import { visible, visibleAll, visibleColumns } from './visible.js'

/** Paints a word; `plain` leaves it as it is. */
export type Paint = (style: 'red' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string

export const plain: Paint = (_style, text) => text

/** How many errors are shown with their lines; of the rest, how many there are of each code. */
const SHOWN_IN_FULL = 100

/** Everything that `check` and `serve` say of a config: each error with its line, a caret and help. */
export function printErrors(errors: readonly ConfigError[], paint: Paint = plain): string {
  const { shown, more } = shownOf(errors)
  const full = shown.map((error) => inFull(error, paint))
  const rest = more.map(({ level, code, count }) => `${coloured(level, code, paint)} ${count} more`)
  return [...full, ...(rest.length > 0 ? [rest.join('\n')] : [])].join('\n\n')
}

/** Errors of one code that are not shown. */
export interface More extends Pick<ConfigError, 'level' | 'code'> {
  readonly count: number
}

/** The errors that are shown, and of which codes there are how many more. */
export function shownOf(errors: readonly ConfigError[]): { shown: readonly ConfigError[]; more: More[] } {
  const more = new Map<ErrorCode, More>()
  for (const { level, code } of errors.slice(SHOWN_IN_FULL))
    more.set(code, { level, code, count: (more.get(code)?.count ?? 0) + 1 })
  return { shown: errors.slice(0, SHOWN_IN_FULL), more: [...more.values()] }
}

/** `2 errors, 1 warning` */
export function countErrors(errors: readonly (ConfigError | More)[]): string {
  const [wrong, warned] = [countOf('error', errors), countOf('warning', errors)]
  return `${count(wrong, 'error')}, ${count(warned, 'warning')}`
}

/** How many there are of a level, with those that are not shown. */
export function countOf(level: ConfigError['level'], errors: readonly (ConfigError | More)[]): number {
  const some = errors.filter((error) => error.level === level)
  return some.reduce((sum, error) => sum + ('count' in error ? error.count : 1), 0)
}

/** Whether it stops `serve`. */
export function isError({ level }: ConfigError): boolean {
  return level === 'error'
}

/** `1 route`, `2 routes` */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function inBrief({ level, code, message, place, path }: ConfigError, paint: Paint): string {
  const where = paint('bold', visible(placeText(place)))
  const what = coloured(level, code, paint)
  return `${where} ${what} ${path.length > 0 ? `${shortened(pathText(path))}: ` : ''}${shortened(message)}`
}

function coloured(level: ConfigError['level'], code: ErrorCode, paint: Paint): string {
  return paint(level === 'error' ? 'red' : 'yellow', `${level}[${code}]`)
}

/** In characters: a message may hold a whole value. */
const LONGEST = 500

/** On one line, and cut where it is too long. */
function shortened(text: string): string {
  return visible(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

function inFull(error: ConfigError, paint: Paint): string {
  const { expected, found, help, other } = error
  const lines = [inBrief(error, paint), ...excerpt(error.place, paint)]
  if (other)
    lines.push(`  ${paint('cyan', 'see also')} ${visible(placeText(other))}`, ...excerpt(other, paint))
  if (expected) lines.push(`  ${paint('cyan', 'expected')} ${shortened(expected)}`)
  if (found)
    lines.push(
      `  ${paint('cyan', 'found')}    ${shortened(found.trim() === '' ? JSON.stringify(found) : found)}`,
    )
  lines.push(`  ${paint('cyan', 'help')}     ${shortened(help ?? usualHelp(error.code))}`)
  return lines.join('\n')
}

/** What the manual says of the code, as a part of a sentence. */
function usualHelp(code: ErrorCode): string {
  const { help } = ERROR_CODES[code]
  return help.charAt(0).toLowerCase() + help.slice(1).replace(/\.$/, '')
}

/** `dialsip.yaml:14:9` */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

/** How many characters of a line are shown, and at most how many of them before the caret. */
const [WIDTH, BEFORE] = [120, 60]

/** The part of a line around a place: what is before it, what it points at, and what follows. */
export interface Excerpt {
  readonly before: string
  readonly marked: string
  readonly after: string
}

/** The line of a place as people see it; a very long line is cut around the place. */
export function excerptOf({ text, column, length }: Place): Excerpt {
  const from = Math.max(0, column - 1 - BEFORE)
  const shown = cutOut(text, from)
  const [start, end] = [column - 1 - from, column - 1 - from + length]
  return { before: shown.slice(0, start), marked: shown.slice(start, end), after: shown.slice(end) }
}

/** The line and a caret under the place. Of an empty line there is nothing to show. */
function excerpt(place: Place, paint: Paint): string[] {
  const { text, line, column, length } = place
  if (text === '') return []
  const from = Math.max(0, column - 1 - BEFORE)
  const caret = '^'.repeat(Math.min(length, from + WIDTH - (column - 1)))
  const gutter = String(line)
  return [
    `  ${paint('dim', `${gutter} |`)} ${cutOut(text, from)}`,
    `  ${' '.repeat(gutter.length)} ${paint('dim', '|')} ${' '.repeat(column - 1 - from)}${paint('red', caret)}`,
  ]
}

/** A tab is one column wide, as it is for the caret. */
function cutOut(text: string, from: number): string {
  const shown = visibleColumns(text.slice(from, from + WIDTH).replaceAll('\t', '→'))
  const begun = from > 0 ? `…${shown.slice(1)}` : shown
  return text.length > from + WIDTH ? `${begun.slice(0, -1)}…` : begun
}

/**
 * Errors as annotations of a pull request, by GitHub's workflow commands
 * (docs.github.com, "Workflow commands for GitHub Actions"). The files of the places are paths in the repository.
 * Of many errors the first ones have a place, and of the rest there is the number for each code.
 */
export function githubAnnotations(errors: readonly ConfigError[]): string {
  const { shown, more } = shownOf(errors)
  const rest = more.map(({ level, code, count }) => `::${level} title=${code}::${count} more\n`)
  return [...shown.map((error) => annotation(visibleAll(error))), ...rest].join('')
}

function annotation(error: ConfigError): string {
  const { level, code, message, help, place } = error
  const properties = {
    file: place.file,
    line: place.line,
    col: place.column,
    endColumn: place.column + place.length,
    title: code,
  }
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  )
  const says = help ? `${message}\n${help}` : message
  return `::${level} ${written.join(',')}::${escapeData(says)}\n`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Errors for programs: what `check --format json` gives (docs/check.md). */
export function errorsJson(file: string, errors: readonly ConfigError[]): object {
  const wrong = errors.filter(isError).length
  return {
    file,
    ok: wrong === 0,
    errors: wrong,
    warnings: errors.length - wrong,
    findings: errors.map(finding),
  }
}

function finding({ level, code, message, expected, found, help, path, place, other }: ConfigError): object {
  const at = pathText(path)
  return {
    level,
    code,
    message,
    path: at,
    ...where(place),
    expected,
    found,
    help,
    see: other && where(other),
  }
}

function where({ file, line, column, length }: Place): object {
  return { file, line, column, length }
}
