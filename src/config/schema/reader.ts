import type { z } from 'zod'

/** Gives what comes of a value that fits a schema, and undefined for one that does not. */
export type Reader = (value: unknown) => unknown

type Schemas = Readonly<Record<string, z.ZodType>>

/** What this file looks at in the schemas that it knows. */
interface Definition {
  readonly type: string
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[]
  readonly shape: Schemas
  readonly innerType: z.ZodType
  readonly element: z.ZodType
  readonly valueType: z.ZodType
  readonly options: readonly z.ZodType[]
  readonly entries: Readonly<Record<string, string>>
  readonly in: { readonly def: { readonly transform: (value: unknown) => unknown } }
  readonly out: z.ZodType
}

interface Check {
  readonly check: string
  readonly minimum: number
  readonly maximum: number
  readonly value: number
}

/** The least and the most that a length or a number may be, both included as everywhere in `scalars.ts`. */
interface Limits {
  readonly least: number
  readonly most: number
}

const readers = new WeakMap<z.ZodType, Reader>()

/**
 * Reads values as zod does by the same schema, but several times as fast, since nothing is noted for the sake of a
 * error: for what does not fit zod is asked why. Keys stay in the order in which they were written.
 */
export function readerOf(schema: z.ZodType): Reader {
  const known = readers.get(schema)
  if (known) return known
  let built: Reader | undefined
  readers.set(schema, read)
  return read

  /** A schema may hold itself, so its reader is made when the first value comes. */
  function read(value: unknown): unknown {
    built ??= build(schema)
    return built(value)
  }
}

/** A kind or a check that is not in the tables is left to zod. */
function build(schema: z.ZodType): Reader {
  const definition = schema.def as unknown as Definition
  const checks = (definition.checks ?? []).map(({ _zod }) => _zod.def)
  const make = checks.every(({ check }) => check in LIMITS) ? KINDS[definition.type] : undefined
  if (!make) return (value) => schema.safeParse(value).data
  const limits = checks.map((check) => LIMITS[check.check]!(check))
  return make(definition, Object.assign({ least: -Infinity, most: Infinity }, ...limits))
}

const LIMITS: Readonly<Record<string, (check: Check) => Partial<Limits>>> = {
  min_length: ({ minimum }) => ({ least: minimum }),
  max_length: ({ maximum }) => ({ most: maximum }),
  greater_than: ({ value }) => ({ least: value }),
  less_than: ({ value }) => ({ most: value }),
}

const KINDS: Readonly<Record<string, (definition: Definition, limits: Limits) => Reader>> = {
  string: (_, limits) => textReader(limits),
  number: (_, limits) => wholeReader(limits),
  enum: ({ entries }) => wordReader(new Set(Object.values(entries))),
  optional: ({ innerType }) => readerOf(innerType),
  pipe: ({ in: { def }, out }) => preparedReader(def.transform, readerOf(out)),
  union: ({ options }) => unionReader(options.map(readerOf)),
  array: ({ element }, limits) => listReader(readerOf(element), limits),
  object: ({ shape }) => mapReader(shape),
  record: ({ valueType }) => recordReader(readerOf(valueType)),
}

function textReader({ least, most }: Limits): Reader {
  return (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most ? value : undefined
}

function wholeReader({ least, most }: Limits): Reader {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most ? value : undefined
}

function wordReader(words: ReadonlySet<unknown>): Reader {
  return (value) => (words.has(value) ? value : undefined)
}

function preparedReader(prepare: (value: unknown) => unknown, read: Reader): Reader {
  return (value) => read(prepare(value))
}

function unionReader(options: readonly Reader[]): Reader {
  return function readFirst(value) {
    for (const read of options) {
      const fits = read(value)
      if (fits !== undefined) return fits
    }
    return undefined
  }
}

function listReader(read: Reader, { least }: Limits): Reader {
  return function readList(value) {
    if (!Array.isArray(value) || value.length < least) return undefined
    const fits: unknown[] = value.slice()
    for (let at = 0; at < fits.length; at += 1) {
      fits[at] = read(fits[at])
      if (fits[at] === undefined) return undefined
    }
    return fits
  }
}

function mapReader(shape: Schemas): Reader {
  const keys = new Map(Object.entries(shape).map(([key, schema]) => [key, readerOf(schema)]))
  const needed = Object.keys(shape).filter((key) => shape[key]!.def.type !== 'optional')
  const read = entriesReader((key) => keys.get(key))
  return function readMap(value) {
    const fits = read(value)
    return fits && needed.every((key) => Object.hasOwn(fits, key)) ? fits : undefined
  }
}

function recordReader(read: Reader): Reader {
  // zod leaves out a key of this name
  return entriesReader((key) => (key === '__proto__' ? undefined : read))
}

/** Reads each value of a map by its key; a key without a reader does not fit. */
function entriesReader(readerFor: (key: string) => Reader | undefined) {
  return function readEntries(value: unknown): Record<string, unknown> | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fits: Record<string, unknown> = { ...value }
    for (const key in fits) {
      const one = readerFor(key)?.(fits[key])
      if (one === undefined) return undefined
      if (one !== fits[key]) fits[key] = one
    }
    return fits
  }
}
