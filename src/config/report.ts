import { type Fault, levelOf, type Place } from '../fault/fault.js'
import type { Problem } from '../fault/problem.js'
import { lineStarts, type Origin, type SourceFile } from './source.js'

interface Finding {
  readonly problem: Problem
  readonly origin: Origin
  readonly part: 'key' | 'value'
  readonly other: Origin | undefined
}

/** Gathers everything that is wrong with a config; places are worked out once, at the end. */
export class Report {
  readonly #findings: Finding[] = []
  #faults = 0

  /** Notes a problem. `other` is the second place that the message speaks of. */
  add(problem: Problem, origin: Origin, part: 'key' | 'value' = 'value', other?: Origin): void {
    this.#findings.push({ problem, origin, part, other })
    if (levelOf(problem) === 'fault') this.#faults += 1
  }

  addAll(problems: readonly Problem[], origin: Origin): void {
    for (const problem of problems) this.add(problem, origin)
  }

  get hasFaults(): boolean {
    return this.#faults > 0
  }

  /** Every problem with its place, in the order of the files and lines. Secrets are masked in the lines shown. */
  faults(secrets: readonly string[]): Fault[] {
    const places = new Places(secrets)
    const faults = this.#findings.map(({ problem, origin, part, other }) => ({
      ...problem,
      level: levelOf(problem),
      path: origin.path,
      place: places.at(origin, part),
      other: other && places.at(other, 'value'),
    }))
    return faults.sort(byPlace)
  }
}

function byPlace(a: Fault, b: Fault): number {
  return a.place.file === b.place.file
    ? a.place.line - b.place.line || a.place.column - b.place.column
    : a.place.file < b.place.file
      ? -1
      : 1
}

class Places {
  readonly #starts = new Map<SourceFile, number[]>()

  constructor(readonly secrets: readonly string[]) {}

  at({ file, path }: Origin, part: 'key' | 'value'): Place {
    const span = file.span(path, part)
    const starts = this.#startsOf(file)
    const line = lineAt(starts, span.start)
    const start = starts[line - 1]!
    const end = (starts[line] ?? file.text.length + 1) - 1
    const column = span.start - start + 1
    const length = Math.max(1, Math.min(span.end, end) - span.start)
    return { file: file.name, line, column, length, text: this.#masked(file.text.slice(start, end)) }
  }

  #startsOf(file: SourceFile): number[] {
    const starts = this.#starts.get(file) ?? lineStarts(file.text)
    this.#starts.set(file, starts)
    return starts
  }

  /** Stars of the same width, so that the caret still points at the right column. */
  #masked(line: string): string {
    return this.secrets.reduce(
      (text, secret) => text.replaceAll(secret, '*'.repeat(secret.length)),
      line.replace(/\r$/, ''),
    )
  }
}

/** The line, from 1, that holds an offset: the last one that begins at or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}
