import type { Path } from './problem.js'

/** Where something begins and ends in a text, in UTF-16 units, the end exclusive. */
export interface Offsets {
  readonly start: number
  readonly end: number
}

/** A file that the config was read from, and the way from a path in it to its text. */
export interface SourceFile {
  /** As seen from the main file's folder: `routes/berlin.yaml`. */
  readonly name: string
  readonly text: string
  /** Whether it is a file of lines, such as a CSV: paths in it say nothing that the place doesn't say. */
  readonly lines: boolean
  offsets(path: Path, part: 'key' | 'value'): Offsets
}

/** Where a value is. For files of lines (CSV, lists) the path is the line, from 1, and the text in it that is meant. */
export interface Origin {
  readonly file: SourceFile
  readonly path: Path
}

/** The place of something within a value: `steps` are its keys and list positions. */
export function below(origin: Origin, ...steps: (string | number)[]): Origin {
  let place = origin
  for (const step of steps) place = new Below(place, step)
  return place
}

/** The path is put together only when it is needed: a large config has a million places and hardly an error. */
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

/** A value of the right shape, and where it is. */
export interface Item<T> {
  readonly value: T
  readonly origin: Origin
}
