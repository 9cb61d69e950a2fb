import type { Path } from '../fault/fault.js'
import { Locator } from './locate.js'

/** A file that the config was read from, and the way from a path in it to a stretch of its text. */
export interface SourceFile {
  /** As seen from the main file's folder: `routes/berlin.yaml`. */
  readonly name: string
  readonly text: string
  /** Whether it is a file of lines, such as a CSV: paths in it say nothing that the place doesn't say. */
  readonly lines: boolean
  /** Offsets in UTF-16 units, end exclusive. */
  span(path: Path, part: 'key' | 'value'): { start: number; end: number }
}

/** Where a value stands. For files of lines (CSV, lists) the path is the line, from 1, and the text in it that is meant. */
export interface Origin {
  readonly file: SourceFile
  readonly path: Path
}

export function below(origin: Origin, ...steps: (string | number)[]): Origin {
  let place = origin
  for (const step of steps) place = new Below(place, step)
  return place
}

/** Its path is put together when somebody asks for it: a large config has a million places and hardly a fault. */
class Below implements Origin {
  constructor(
    readonly above: Origin,
    readonly step: string | number,
  ) {}

  get file(): SourceFile {
    return this.above.file
  }

  get path(): Path {
    return [...this.above.path, this.step]
  }
}

/** A YAML file; its places are worked out only when asked for. */
export function yamlFile(name: string, text: string): SourceFile {
  let locator: Locator | undefined
  return {
    name,
    text,
    lines: false,
    span(path, part) {
      locator ??= new Locator(text)
      return locator.span(path, part)
    },
  }
}

/** A file of which one stretch is meant: a text that is no YAML has no paths. */
export function spanFile(name: string, text: string, span: { start: number; end: number }): SourceFile {
  return { name, text, lines: false, span: () => span }
}

/** A file of lines: the first step of a path is the line, the second a text within it. */
export function lineFile(name: string, text: string): SourceFile {
  let starts: number[] | undefined
  return {
    name,
    text,
    lines: true,
    span([line, part]) {
      starts ??= lineStarts(text)
      const start = starts[Number(line) - 1]!
      const end = starts[Number(line)] ?? text.length
      const at = typeof part === 'string' ? text.slice(start, end).indexOf(part) : -1
      return at < 0 ? { start, end } : { start: start + at, end: start + at + String(part).length }
    },
  }
}

/** The offset at which each line begins. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
