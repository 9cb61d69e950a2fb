import { EVENT_ID, type Event, getScalarValue } from 'js-yaml'

/** What a node may have besides its content; -1 is none. */
interface Properties {
  readonly anchorStart: number
  readonly tagStart: number
}

/**
 * The tree of a YAML text that holds nothing but maps, lists and texts, each key once; undefined for one with
 * anchors, tags, merged maps and whatever else there is. It is what js-yaml makes of these events in a third of the
 * time, since it need not look for tags.
 */
export function plainTree(text: string, events: readonly Event[]): unknown {
  let at = 1
  const tree = events[0]?.type === EVENT_ID.DOCUMENT ? read() : undefined
  // one document, and its end
  return at === events.length - 1 ? tree : undefined

  function read(): unknown {
    const event = events[at]!
    at += 1
    if (event.type === EVENT_ID.SCALAR) return isBare(event) ? readText(event) : undefined
    if (event.type === EVENT_ID.SEQUENCE) return isBare(event) ? readList() : undefined
    return event.type === EVENT_ID.MAPPING && isBare(event) ? readMap() : undefined
  }

  function readText(event: Event & { readonly type: typeof EVENT_ID.SCALAR }): string | undefined {
    const value = getScalarValue(text, event)
    return value === '<<' ? undefined : value
  }

  function readList(): unknown[] | undefined {
    const list: unknown[] = []
    while (events[at]!.type !== EVENT_ID.POP) {
      const item = read()
      if (item === undefined) return undefined
      list.push(item)
    }
    at += 1
    // an array that has grown holds room for more than a short list has
    return list.slice()
  }

  function readMap(): Record<string, unknown> | undefined {
    const map: Record<string, unknown> = {}
    let pairs = 0
    while (events[at]!.type !== EVENT_ID.POP) {
      const key = read()
      const value = typeof key === 'string' ? read() : undefined
      if (value === undefined) return undefined
      map[key as string] = value
      pairs += 1
    }
    at += 1
    // fewer when a key stands twice, or is __proto__
    return Object.keys(map).length === pairs ? map : undefined
  }
}

function isBare({ anchorStart, tagStart }: Properties): boolean {
  return anchorStart < 0 && tagStart < 0
}
