import type { Path } from '../fault/fault.js'
import { Locator } from './locate.js'

/** A file that the config was read from, and the way from a path in it to a stretch of its text. */
export interface SourceFile {
  /** As it was named on the command line or in `include`, relative to the main file's folder. */
  readonly name: string
  readonly text: string
  /** Offsets in UTF-16 units, end exclusive. */
  span(path: Path, part: 'key' | 'value'): { start: number; end: number }
}

/** Where a value stands. For files of lines (CSV, lists) the path is the line, counted from 1. */
export interface Origin {
  readonly file: SourceFile
  readonly path: Path
}

export function below(origin: Origin, ...steps: (string | number)[]): Origin {
  return { file: origin.file, path: [...origin.path, ...steps] }
}

/** A YAML file; its places are worked out only when asked for. */
export function yamlFile(name: string, text: string): SourceFile {
  let locator: Locator | undefined
  return {
    name,
    text,
    span(path, part) {
      locator ??= new Locator(text)
      return locator.span(path, part)
    },
  }
}

/** A file of lines: the first step of a path is the line. */
export function lineFile(name: string, text: string): SourceFile {
  let starts: number[] | undefined
  return {
    name,
    text,
    span([line]) {
      starts ??= lineStarts(text)
      const start = starts[Number(line ?? 1) - 1] ?? text.length
      const end = text.indexOf('\n', start)
      return { start, end: end < 0 ? text.length : end }
    },
  }
}

/** The offset at which each line begins. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
