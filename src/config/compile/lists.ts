import { joinLists, readCaller } from '../../conditions/callers.js'
import type { CallerList } from '../../conditions/condition.js'
import { below, type Item, type Origin, type SourceFile } from '../../errors/origin.js'
import { type Pattern, type PatternContext, readPattern } from '../../numbers/pattern.js'
import { type ConfigSource, readFile } from '../config-source.js'
import type { NamedFile } from '../documents.js'
import { lineFile } from '../source-file.js'

/** What lists are compiled with: patterns, and the files next to the config. */
export interface ListContext extends PatternContext {
  readonly configSource: ConfigSource
  /** List files that were read already, by path. */
  readonly listFiles: Map<string, CallerList>
  fileNamedAt(origin: Origin, name: string): NamedFile
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
  const earlier = context.listFiles.get(path)
  if (earlier) return earlier
  const { value: text, problems } = readFile(path, name, context.configSource)
  context.report.addAll(problems, origin)
  const list = readLines(lineFile(name, text ?? ''), context)
  if (text !== undefined) context.listFiles.set(path, list)
  return list
}

function readLines(file: SourceFile, context: ListContext): CallerList {
  const patterns: Pattern[] = []
  let anonymous = false
  for (const [at, line] of file.text.split('\n').entries()) {
    // what follows a `#` is a remark
    const caller = line === '' ? '' : line.replace(/#.*/, '').trim()
    if (caller === '') continue
    const pattern =
      caller === 'anonymous' ? undefined : readPattern(caller, { file, path: [] }, context, at + 1, caller)
    if (pattern) patterns.push(pattern)
    anonymous ||= caller === 'anonymous'
  }
  return { patterns, anonymous }
}
