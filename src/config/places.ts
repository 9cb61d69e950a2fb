import type { Place } from '../errors/config-error.js'
import type { Origin, SourceFile } from '../errors/origin.js'
import { lineStarts } from './source.js'

/** Turns origins into lines and columns. The lines shown go through `mask`, which keeps their length. */
export class Places {
  readonly #starts = new Map<SourceFile, readonly number[]>()

  constructor(readonly mask: (text: string) => string) {}

  /** The place of a value or its key; of `found` within it, where that stands exactly once. */
  at(origin: Origin, part: 'key' | 'value', found?: string): Place {
    const { file } = origin
    const span = narrowed(file.span(origin.path, part), file.text, found)
    const starts = this.#startsOf(file)
    const line = lineAt(starts, span.start)
    const start = starts[line - 1]!
    const text = file.text.slice(start, (starts[line] ?? file.text.length + 1) - 1).replace(/\r$/, '')
    const column = span.start - start + 1
    const length = Math.max(1, Math.min(span.end - start, text.length) - (column - 1))
    return { file: file.name, line, column, length, text: this.mask(text) }
  }

  #startsOf(file: SourceFile): readonly number[] {
    const starts = this.#starts.get(file) ?? lineStarts(file.text)
    this.#starts.set(file, starts)
    return starts
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

function narrowed(span: Span, text: string, found: string | undefined): Span {
  if (!found) return span
  const value = text.slice(span.start, span.end)
  const at = value.indexOf(found)
  if (at < 0 || value.indexOf(found, at + 1) >= 0) return span
  return { start: span.start + at, end: span.start + at + found.length }
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
