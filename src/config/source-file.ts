import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml'
import type { Offsets, Origin, SourceFile } from '../errors/origin.js'
import type { Path } from '../errors/problem.js'
import { lastUpTo } from '../numbers/disjoint-ranges.js'

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

/** Finds the value at a path of a YAML text, or its key. A path that leads nowhere gives its nearest ancestor. */
type Locate = (path: Path, part: 'key' | 'value') => Offsets

/** Costs a second parse, so it is made only when there is something to point at. */
function locator(text: string): Locate {
  const { root } = readNodes(text)
  return locate

  function locate(path: Path, part: 'key' | 'value'): Offsets {
    let node = root
    let found: Offsets = { start: node.start, end: node.start }
    let key = found
    for (const [at, step] of path.entries()) {
      const entry = entryOf(node, step)
      if (entry) {
        key = entry.key
        node = entry.value
        found = part === 'key' && at === path.length - 1 ? entry.key : shownOf(entry)
      } else if (step !== 0 || node.kind === 'list') {
        // below a weight of `split` there is nothing: it is its name that is meant
        return node.kind === 'text' && key.start < key.end ? key : found
      }
    }
    return found
  }

  /** An empty value, and one over several lines, is pointed at by its key: a caret under forty lines would be no help. */
  function shownOf({ key, value: { start, end, entries } }: Entry): Offsets {
    const isWord = start < end && entries.size === 0 && !text.slice(start, end).includes('\n')
    return isWord || key.start === key.end ? { start, end } : key
  }
}

/** Finding the lines of a larger file would take a good part of the time and memory of its load. */
const LARGEST_PLACED = 1_000_000

const linesOf = new WeakMap<SourceFile, readonly number[]>()

/** `routes/berlin.yaml:14`: where something begins, for people; undefined in a file of lines or one over a megabyte. */
export function lineText({ file, path }: Origin): string | undefined {
  if (file.lines || file.text.length > LARGEST_PLACED) return undefined
  const starts = linesOf.get(file) ?? lineStarts(file.text)
  linesOf.set(file, starts)
  return `${file.name}:${lastUpTo(starts, file.offsets(path, 'value').start) + 1}`
}

/** The line, from 1, in which the value at a path of a YAML text begins. */
export function lineOf(text: string, path: Path): number {
  return text.slice(0, locator(text)(path, 'value').start).split('\n').length
}

type Entry = { readonly key: Offsets; readonly value: YamlNode }

/** The entry of a key of a map or of those merged into it, or of a place of a list. */
function entryOf(node: YamlNode, step: string | number): Entry | undefined {
  const own = node.entries.get(step)
  if (own || node.kind !== 'map') return own
  const merged = node.entries.get('<<')?.value
  const sources = merged?.kind === 'list' ? [...merged.entries.values()].map(({ value }) => value) : [merged]
  for (const source of sources) {
    const found = source && entryOf(source, step)
    if (found) return found
  }
  return undefined
}

/** A value of a YAML text, and what it holds. */
interface YamlNode extends Offsets {
  readonly kind: 'map' | 'list' | 'text'
  readonly entries: Map<string | number, { key: Offsets; value: YamlNode }>
}

/** A key that is twice in one map. */
interface DuplicateKey {
  readonly key: string
  readonly first: Offsets
  readonly second: Offsets
}

interface OpenNode {
  readonly node: YamlNode
  key: (Offsets & { name: string }) | undefined
}

/** Reads where all values of a YAML text are, and the keys that are twice in one map. */
export function readNodes(text: string): { root: YamlNode; duplicates: DuplicateKey[] } {
  const anchors = new Map<string, YamlNode>()
  const duplicates: DuplicateKey[] = []
  const top = nodeAt('list', 0, 0)
  const frames: OpenNode[] = [{ node: top, key: undefined }]
  let end = 0
  for (const event of parseEvents(text, {})) step(event)
  return { root: top.entries.get(0)?.value ?? top, duplicates }

  function step(event: Event): void {
    if (event.type === EVENT_ID.DOCUMENT) {
      frames.push(frames[0]!)
    } else if (event.type === EVENT_ID.POP) {
      frames.pop()
    } else if (event.type === EVENT_ID.ALIAS) {
      add(anchors.get(nameOf(event)) ?? nodeAt('text', end, end), '')
    } else if (event.type === EVENT_ID.SCALAR) {
      const node = scalarAt(event.valueStart, event.valueEnd)
      end = node.end
      open(event, node, getScalarValue(text, event))
    } else {
      const node = nodeAt(event.type === EVENT_ID.MAPPING ? 'map' : 'list', event.start, event.start + 1)
      open(event, node, '')
      frames.push({ node, key: undefined })
    }
  }

  /** A value that is left out is where the last one ended. */
  function scalarAt(start: number, last: number): YamlNode {
    return start < 0 ? nodeAt('text', end, end) : nodeAt('text', start, last)
  }

  function open(event: { anchorStart: number; anchorEnd: number }, node: YamlNode, name: string): void {
    if (event.anchorStart >= 0) anchors.set(nameOf(event), node)
    add(node, name)
  }

  function nameOf({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string {
    return text.slice(anchorStart, anchorEnd)
  }

  /** Puts a node where it belongs: as the next item of a list, as a key, or as the value of the last key. */
  function add(node: YamlNode, name: string): void {
    const frame = frames.at(-1)!
    const { entries, kind } = frame.node
    if (kind === 'list') {
      entries.set(entries.size, { key: { start: node.start, end: node.start }, value: node })
    } else if (frame.key === undefined) {
      frame.key = { name, start: node.start, end: node.end }
    } else {
      const { key } = frame
      const earlier = entries.get(key.name)
      if (earlier) duplicates.push({ key: key.name, first: earlier.key, second: key })
      else entries.set(key.name, { key, value: node })
      frame.key = undefined
    }
  }
}

function nodeAt(kind: YamlNode['kind'], start: number, end: number): YamlNode {
  return { kind, start, end, entries: new Map() }
}
