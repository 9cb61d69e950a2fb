import type { Place } from '../errors/config-error.js'
import type { Offsets, Origin, SourceFile } from '../errors/origin.js'
import { lineStarts } from './source.js'

/** Turns origins into lines and columns. The lines shown go through `mask`, which keeps their length. */
export function placeFinder(mask: (text: string) => string) {
  const startsOf = new Map<SourceFile, readonly number[]>()
  return placeOf

  /** The place of a value or its key; of `found` within it, where that is there exactly once. */
  function placeOf({ file, path }: Origin, part: 'key' | 'value', found?: string): Place {
    const { start, end } = narrowed(file.offsets(path, part), file.text, found)
    const starts = startsOf.get(file) ?? lineStarts(file.text)
    startsOf.set(file, starts)
    const line = lineAt(starts, start)
    const begin = starts[line - 1]!
    const text = file.text.slice(begin, (starts[line] ?? file.text.length + 1) - 1).replace(/\r$/, '')
    const column = start - begin + 1
    const length = Math.max(1, Math.min(end - begin, text.length) - (column - 1))
    return { file: file.name, line, column, length, text: mask(text) }
  }
}

function narrowed(offsets: Offsets, text: string, found: string | undefined): Offsets {
  if (!found) return offsets
  const { start, end } = offsets
  const value = text.slice(start, end)
  const at = value.indexOf(found)
  if (at < 0 || value.indexOf(found, at + 1) >= 0) return offsets
  return { start: start + at, end: start + at + found.length }
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
