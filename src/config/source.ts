import type { Offsets, SourceFile } from '../errors/origin.js'
import { type Locate, locator } from './locate.js'

/** A YAML file; its places are worked out only when asked for. */
export function yamlFile(name: string, text: string): SourceFile {
  let locate: Locate | undefined
  return {
    name,
    text,
    lines: false,
    offsets(path, part) {
      locate ??= locator(text)
      return locate(path, part)
    },
  }
}

/** A file that is meant at these offsets, whatever the path: a text that is no YAML has no paths. */
export function unparsedFile(name: string, text: string, offsets: Offsets): SourceFile {
  return { name, text, lines: false, offsets: () => offsets }
}

/** A file of lines: the first step of a path is the line, the second a text within it. */
export function lineFile(name: string, text: string): SourceFile {
  let starts: number[] | undefined
  return {
    name,
    text,
    lines: true,
    offsets([line, part]) {
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
