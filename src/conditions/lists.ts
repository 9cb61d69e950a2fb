import type { ConfigSource } from '../config/config-source.js'
import type { NamedFile } from '../config/documents.js'
import { readFile } from '../config/read-file.js'
import { lineFile } from '../config/source.js'
import type { Item } from '../errors/origin.js'
import { below, type Origin } from '../errors/origin.js'
import type { Pattern } from '../numbers/pattern.js'
import { type PatternContext, readPattern } from '../numbers/read-pattern.js'

/** Callers that a `from` may name together. */
export interface CallerList {
  readonly patterns: readonly Pattern[]
  readonly anonymous: boolean
}

/** What lists are compiled with: patterns, and the files beside the config. */
export interface ListContext extends PatternContext {
  readonly surroundings: ConfigSource
  fileNamedAt(origin: Origin, name: string): NamedFile
}

/** Whether an entry of `from` is the name of a list: patterns begin with `+` or `sip:`, or are digits. */
export function isListName(entry: string): boolean {
  return /^[A-Za-z_]/.test(entry) && entry !== 'anonymous' && !/[:@*]/.test(entry)
}

/** Reads one pattern or `anonymous`. */
export function readCaller(text: string, origin: Origin, context: PatternContext): CallerList {
  if (text === 'anonymous') return { patterns: [], anonymous: true }
  const pattern = readPattern(text, origin, context)
  return { patterns: pattern ? [pattern] : [], anonymous: false }
}

export function joinLists(lists: readonly CallerList[]): CallerList {
  return {
    patterns: lists.flatMap((list) => list.patterns),
    anonymous: lists.some((list) => list.anonymous),
  }
}

/** Compiles `lists`: each entry is a pattern, `anonymous`, or a text file with one of them a line. */
export function compileList({ value, origin }: Item<readonly string[]>, context: ListContext): CallerList {
  return joinLists(
    value.map((entry, at) => {
      const here = below(origin, at)
      return isFile(entry) ? readListFile(entry, here, context) : readCaller(entry, here, context)
    }),
  )
}

function isFile(entry: string): boolean {
  return /\.(txt|csv|list)$/i.test(entry)
}

function readListFile(entry: string, origin: Origin, context: ListContext): CallerList {
  const { path, name } = context.fileNamedAt(origin, entry)
  const { value: text, problems } = readFile(path, name, context.surroundings)
  context.report.addAll(problems, origin)
  const file = lineFile(name, text ?? '')
  return joinLists(file.text.split('\n').flatMap(readLine))

  /** What follows a `#` is a remark. */
  function readLine(line: string, at: number): CallerList | [] {
    const caller = line.replace(/#.*/, '').trim()
    return caller === '' ? [] : readCaller(caller, { file, path: [at + 1, caller] }, context)
  }
}
