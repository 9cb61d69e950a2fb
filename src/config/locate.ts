import { type Event, getScalarValue, parseEvents } from 'js-yaml'
import type { Path } from '../fault/fault.js'

/** A stretch of the source, offsets in UTF-16 units, end exclusive. */
interface Span {
  readonly start: number
  readonly end: number
}

interface Node extends Span {
  readonly entries: Map<string | number, { key: Span; value: Node }>
}

/**
 * Finds where the values of a YAML text stand. Costs a second parse, so it is made only when there is
 * something to point at. A path that leads nowhere gives the place of its nearest ancestor.
 */
export class Locator {
  readonly #root: Node

  constructor(readonly text: string) {
    this.#root = readTree(text)
  }

  /** The span of the value at a path, or of its key. */
  span(path: Path, part: 'key' | 'value'): Span {
    let node = this.#root
    let span: Span = { start: this.#root.start, end: this.#root.start }
    for (const [at, step] of path.entries()) {
      const entry = node.entries.get(step) ?? node.entries.get('<<')?.value.entries.get(step)
      if (!entry && step === 0) continue // a single value stands for a list of one
      if (!entry) return span
      node = entry.value
      span = part === 'key' && at === path.length - 1 ? entry.key : spanOf(entry)
    }
    return span
  }
}

/** A map or list is pointed at by its key: a caret under forty lines helps nobody. */
function spanOf(entry: { key: Span; value: Node }): Span {
  return entry.value.entries.size > 0 && entry.key.end > entry.key.start ? entry.key : entry.value
}

interface Frame {
  readonly node: Node
  readonly isMap: boolean
  key: (Span & { name: string | number }) | undefined
}

function readTree(text: string): Node {
  const anchors = new Map<string, Node>()
  const top: Node = { start: 0, end: 0, entries: new Map() }
  const frames: Frame[] = [{ node: top, isMap: false, key: undefined }]
  for (const event of parseEvents(text, {})) step(event, text, frames, anchors)
  return top.entries.get(0)?.value ?? top
}

const [DOCUMENT, SEQUENCE, MAPPING, SCALAR, ALIAS] = [1, 2, 3, 4, 5] as const

function step(event: Event, text: string, frames: Frame[], anchors: Map<string, Node>): void {
  if (event.type === DOCUMENT) {
    frames.push(frames[0]!)
  } else if (event.type === SEQUENCE || event.type === MAPPING) {
    const node: Node = { start: event.start, end: event.start + 1, entries: new Map() }
    remember(event, node, text, anchors)
    add(frames.at(-1)!, node, '')
    frames.push({ node, isMap: event.type === MAPPING, key: undefined })
  } else if (event.type === SCALAR) {
    const node: Node = { start: event.valueStart, end: event.valueEnd, entries: new Map() }
    remember(event, node, text, anchors)
    add(frames.at(-1)!, node, getScalarValue(text, event))
  } else if (event.type === ALIAS) {
    const target = anchors.get(text.slice(event.anchorStart, event.anchorEnd))
    add(frames.at(-1)!, target ?? { start: event.anchorStart, end: event.anchorEnd, entries: new Map() }, '')
  } else {
    frames.pop()
  }
}

function remember(
  event: { anchorStart: number; anchorEnd: number },
  node: Node,
  text: string,
  anchors: Map<string, Node>,
): void {
  if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node)
}

/** Puts a node where it belongs: as the next item of a list, as a key, or as the value of the last key. */
function add(frame: Frame, node: Node, name: string): void {
  if (!frame.isMap) {
    frame.node.entries.set(frame.node.entries.size, {
      key: { start: node.start, end: node.start },
      value: node,
    })
  } else if (frame.key === undefined) {
    frame.key = { name, start: node.start, end: node.end }
  } else {
    frame.node.entries.set(frame.key.name, { key: frame.key, value: node })
    frame.key = undefined
  }
}
