import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml'

/** A stretch of the source, offsets in UTF-16 units, end exclusive. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/** A value of a YAML text: its place, and the places of what it holds. */
export interface YamlNode extends TextSpan {
  readonly kind: 'map' | 'list' | 'text'
  readonly entries: Map<string | number, { key: TextSpan; value: YamlNode }>
}

/** A key that stands twice in one map. */
export interface DuplicateKey {
  readonly key: string
  readonly first: TextSpan
  readonly second: TextSpan
}

interface Frame {
  readonly node: YamlNode
  key: (TextSpan & { name: string }) | undefined
}

/** Reads the places of all values of a YAML text, and of the keys that stand twice in one map. */
export function readNodes(text: string): { root: YamlNode; duplicates: DuplicateKey[] } {
  const anchors = new Map<string, YamlNode>()
  const duplicates: DuplicateKey[] = []
  const top = nodeAt('list', 0, 0)
  const frames: Frame[] = [{ node: top, key: undefined }]
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

  /** A value that is left out stands where the last one ended. */
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
