import { joinLists, readCaller } from '../../conditions/callers.js'
import type { CallerList } from '../../conditions/condition.js'
import { below, type Item, type Origin } from '../../errors/origin.js'
import type { PatternContext } from '../../numbers/read-pattern.js'
import type { ConfigSource } from '../config-source.js'
import type { NamedFile } from '../documents.js'
import { readFile } from '../read-file.js'
import { lineFile } from '../source.js'

/** What lists are compiled with: patterns, and the files beside the config. */
export interface ListContext extends PatternContext {
  readonly surroundings: ConfigSource
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
