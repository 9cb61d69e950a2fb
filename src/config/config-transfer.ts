import type { Config } from '../model/config.js'

/** Entries of a large map or list of a config, to be put back into the one at this place of `Detached.open`. */
export interface Piece {
  readonly at: number
  readonly entries: readonly unknown[]
}

/** A config whose large maps and lists are empty, and those, to be filled again piece by piece. */
export interface Detached {
  readonly config: Config
  readonly open: readonly Collection[]
}

type Collection = Map<unknown, unknown> | unknown[]

/**
 * How many entries are handed over at once: few enough that taking them in holds up the answering thread for some
 * milliseconds, and a collection that is not larger is left where it is.
 */
const AT_ONCE = 500

/**
 * Takes a config apart, so that it can be given to another thread without a long pause there: a structured clone
 * is read in one go. The config given is emptied. Large collections inside of large ones stay whole.
 */
export function detach(config: Config): { first: Detached; pieces: Generator<Piece> } {
  const open: Collection[] = []
  const entries: (readonly unknown[])[] = []
  for (const collection of largeIn(config)) {
    entries.push([...collection])
    open.push(collection)
    empty(collection)
  }
  return { first: { config, open }, pieces: cut(entries) }
}

/** Puts a piece back into its place. */
export function attach({ open }: Detached, { at, entries }: Piece): void {
  const collection = open[at]!
  if (Array.isArray(collection)) collection.push(...entries)
  else for (const [key, value] of entries as [unknown, unknown][]) collection.set(key, value)
}

function empty(collection: Collection): void {
  if (Array.isArray(collection)) collection.length = 0
  else collection.clear()
}

function* cut(collections: readonly (readonly unknown[])[]): Generator<Piece> {
  for (const [at, entries] of collections.entries()) {
    for (let from = 0; from < entries.length; from += AT_ONCE)
      yield { at, entries: entries.slice(from, from + AT_ONCE) }
  }
}

/** Every large map and list that is reached without going through another one. */
function largeIn(config: Config): Set<Collection> {
  const large = new Set<Collection>()
  const seen = new Set<object>()
  const waiting: unknown[] = [config]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue
    seen.add(value)
    if (isLarge(value)) large.add(value)
    else waiting.push(...(value instanceof Map ? value.values() : Object.values(value)))
  }
  return large
}

function isLarge(value: object): value is Collection {
  if (Array.isArray(value)) return value.length > AT_ONCE
  return value instanceof Map && value.size > AT_ONCE
}
