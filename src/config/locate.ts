import type { Path } from '../errors/config-error.js'
import { readNodes, type TextSpan, type YamlNode } from './nodes.js'

/**
 * Finds where the values of a YAML text stand. Costs a second parse, so it is made only when there is
 * something to point at. A path that leads nowhere gives the place of its nearest ancestor.
 */
export class Locator {
  readonly #root: YamlNode

  constructor(readonly text: string) {
    this.#root = readNodes(text).root
  }

  /** The span of the value at a path, or of its key. */
  span(path: Path, part: 'key' | 'value'): TextSpan {
    let node = this.#root
    let span: TextSpan = { start: node.start, end: node.start }
    let key = span
    for (const [at, step] of path.entries()) {
      const entry = entryOf(node, step)
      if (entry) {
        key = entry.key
        node = entry.value
        span = part === 'key' && at === path.length - 1 ? entry.key : this.#spanOf(entry)
      } else if (step !== 0 || node.kind === 'list') {
        // below a weight of `split` there is nothing: it is its name that is meant
        return node.kind === 'text' && key.start < key.end ? key : span
      }
    }
    return span
  }

  /** What is empty or goes over several lines is pointed at by its key: a caret under forty lines helps nobody. */
  #spanOf({ key, value: { start, end, entries } }: Entry): TextSpan {
    const isWord = start < end && entries.size === 0 && !this.text.slice(start, end).includes('\n')
    return isWord || key.start === key.end ? { start, end } : key
  }
}

type Entry = { readonly key: TextSpan; readonly value: YamlNode }

/** What stands under a key of a map or of those merged into it, or at a place of a list. */
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
