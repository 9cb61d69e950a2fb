import path from 'node:path'
import { parsePattern } from '../../numbers/parse-pattern.js'
import type { Pattern } from '../../numbers/pattern.js'
import { unreadable } from '../documents.js'
import type { Report } from '../report.js'
import type { Item } from '../shape.js'
import { below, lineFile, type Origin } from '../source.js'
import type { Surroundings } from '../surroundings.js'

/** Callers that a `from` may name together. */
export interface CallerList {
  readonly patterns: readonly Pattern[]
  readonly anonymous: boolean
}

/** Whether an entry of `from` is the name of a list: patterns begin with `+` or `sip:`, or are digits. */
export function isListName(entry: string): boolean {
  return /^[A-Za-z_]/.test(entry) && entry !== 'anonymous' && !/[:@*]/.test(entry)
}

/** Reads patterns and `anonymous`; what is neither is reported. */
export function readPatterns(written: readonly string[], origin: Origin, report: Report): CallerList {
  const patterns: Pattern[] = []
  for (const [at, text] of written.entries()) {
    if (text === 'anonymous') continue
    const { value, problems } = parsePattern(text)
    report.addAll(problems, below(origin, at))
    if (value) patterns.push(value)
  }
  return { patterns, anonymous: written.includes('anonymous') }
}

/** Compiles `lists`: each entry is a pattern, `anonymous`, or a text file with one of them a line. */
export function compileList(
  { value, origin }: Item<readonly string[]>,
  folder: string,
  surroundings: Surroundings,
  report: Report,
): CallerList {
  const files = value.filter(isFile)
  const written = readPatterns(
    value.filter((entry) => !isFile(entry)),
    origin,
    report,
  )
  const all = [
    written,
    ...files.map((file) => readListFile(path.resolve(folder, file), file, origin, surroundings, report)),
  ]
  return { patterns: all.flatMap((list) => list.patterns), anonymous: all.some((list) => list.anonymous) }
}

function isFile(entry: string): boolean {
  return /\.(txt|csv|list)$/i.test(entry)
}

function readListFile(
  file: string,
  name: string,
  origin: Origin,
  { read }: Surroundings,
  report: Report,
): CallerList {
  let text: string
  try {
    text = read(file)
  } catch (error) {
    report.add(unreadable(name, error), origin)
    return { patterns: [], anonymous: false }
  }
  const source = lineFile(name, text)
  const lists = text.split('\n').map((line, at) => {
    const entry = line.replace(/#.*/, '').trim()
    return entry === '' ? undefined : readPatterns([entry], { file: source, path: [at + 1] }, report)
  })
  const found = lists.filter((list) => list !== undefined)
  return { patterns: found.flatMap((list) => list.patterns), anonymous: found.some((list) => list.anonymous) }
}
