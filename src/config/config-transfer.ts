import type { Config } from '../model/config.js'

/** Entries of a large map or list of a config, to be put back into the one at this place of `Detached.open`. */
export interface Piece {
  readonly at: number
  readonly entries: readonly unknown[]
  /** Further large maps and lists that these entries name, empty: they follow in `open`. */
  readonly opened: readonly Collection[]
  /** Where these entries name one of `open`. */
  readonly links: readonly Link[]
}

/** A config whose large maps and lists are empty, and those, to be filled again piece by piece. */
export interface Detached {
  readonly config: Config
  readonly open: Collection[]
}

type Collection = Map<unknown, unknown> | unknown[]

type Holder = Collection | Record<string, unknown>

interface Link {
  readonly holder: Holder
  readonly key: unknown
  /** The place in `Detached.open`. */
  readonly to: number
}

/**
 * How many entries are handed over at once: few enough that taking them in holds up the answering thread for some
 * milliseconds, and a collection that is not larger is left where it is.
 */
const AT_ONCE = 500

/** How many objects they may come to, where it is not a single entry that has more. */
const OBJECTS_AT_ONCE = 10_000

/**
 * Takes a config apart, so that it can be given to another thread without a long pause there: a structured clone
 * is read in one go. The config given is emptied. Each piece must be cloned before the next one is asked for.
 */
export function detach(config: Config): { first: Detached; pieces: Generator<Piece> } {
  const open = [...largeIn(config)]
  return { first: { config, open }, pieces: cut([...open], open.map(takeOut)) }
}

/** Puts a piece back into its place. */
export function attach({ open }: Detached, { at, entries, opened, links }: Piece): void {
  for (const collection of opened) open.push(collection)
  for (const link of links) put(link, open[link.to])
  const collection = open[at]!
  if (Array.isArray(collection)) collection.push(...entries)
  else for (const [key, value] of entries as [unknown, unknown][]) collection.set(key, value)
}

function put({ holder, key }: Link, value: unknown): void {
  if (holder instanceof Map) holder.set(key, value)
  else (holder as Record<string, unknown>)[key as string] = value
}

function takeOut(collection: Collection): readonly unknown[] {
  const entries = [...collection]
  if (Array.isArray(collection)) collection.length = 0
  else collection.clear()
  return entries
}

/**
 * Large maps and lists within the entries are sent as pieces of their own, and named by links. Otherwise a list of
 * callers that thousands of routes share would be sent with each piece, and take more memory than all the rest.
 */
function* cut(open: Collection[], contents: (readonly unknown[])[]): Generator<Piece> {
  const places = new Map(open.map((collection, at) => [collection, at]))
  for (let at = 0; at < open.length; at += 1) {
    const entries = contents[at]!
    for (let from = 0; from < entries.length; ) {
      const piece = new PieceBuilder(placeOf)
      const before = open.length
      while (from < entries.length && piece.hasRoom) piece.add(entries[from++])
      for (const link of piece.links) put(link, undefined)
      yield { at, entries: piece.entries, opened: open.slice(before), links: piece.links }
      // the same object may be in a later piece, too
      for (const link of piece.links) put(link, open[link.to])
    }
  }

  function placeOf(value: unknown): number | undefined {
    if (!isCollection(value)) return undefined
    const known = places.get(value)
    if (known !== undefined || !isLarge(value)) return known
    places.set(value, open.length)
    contents.push(takeOut(value))
    return open.push(value) - 1
  }
}

class PieceBuilder {
  readonly entries: unknown[] = []
  readonly links: Link[] = []
  readonly #placeOf: (value: unknown) => number | undefined
  readonly #seen = new Set<object>()

  constructor(placeOf: (value: unknown) => number | undefined) {
    this.#placeOf = placeOf
  }

  get hasRoom(): boolean {
    return this.entries.length < AT_ONCE && this.#seen.size < OBJECTS_AT_ONCE
  }

  add(entry: unknown): void {
    this.entries.push(entry)
    const waiting = [entry]
    while (waiting.length > 0) {
      const holder = waiting.pop()
      if (!isHolder(holder) || this.#seen.has(holder)) continue
      this.#seen.add(holder)
      for (const [key, value] of holder instanceof Map ? holder : Object.entries(holder)) {
        const to = this.#placeOf(value)
        if (to === undefined) waiting.push(value)
        else this.links.push({ holder, key, to })
      }
    }
  }
}

/** Every large map and list that is reached without going through another one. */
function largeIn(config: Config): Set<Collection> {
  const large = new Set<Collection>()
  const seen = new Set<object>()
  const waiting: unknown[] = [config]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (!isHolder(value) || seen.has(value)) continue
    seen.add(value)
    if (isCollection(value) && isLarge(value)) large.add(value)
    else waiting.push(...(value instanceof Map ? value.values() : Object.values(value)))
  }
  return large
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}

function isCollection(value: unknown): value is Collection {
  return Array.isArray(value) || value instanceof Map
}

function isLarge(value: Collection): boolean {
  return (Array.isArray(value) ? value.length : value.size) > AT_ONCE
}
