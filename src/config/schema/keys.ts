import type { z } from 'zod'
import type { Path } from '../../errors/config-error.js'

interface Definition {
  readonly innerType?: z.ZodType
  readonly out?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
}

/** What was found out before: a thousand routes with the same mistake ask the same. */
const known = new WeakMap<z.ZodType, Map<string, readonly string[]>>()

/** The keys that a map at a path of the schema may hold; where it may be one of several maps, those of all. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const bySchema = known.get(schema) ?? new Map<string, readonly string[]>()
  known.set(schema, bySchema)
  const place = path.map((step) => (typeof step === 'number' ? '#' : step)).join('\0')
  const keys = bySchema.get(place) ?? findKeys(schema, path)
  bySchema.set(place, keys)
  return keys
}

function findKeys(schema: z.ZodType, path: Path): readonly string[] {
  const [step, ...rest] = path
  const found = branches(schema).flatMap((definition) => {
    if (step === undefined) return Object.keys(definition.shape ?? {})
    const next = definition.shape?.[step] ?? definition.element ?? definition.valueType
    return next ? findKeys(next, rest) : []
  })
  return [...new Set(found)]
}

/** What a schema is once the wrappers (optional, preprocess, union) are off. */
function branches(schema: z.ZodType): Definition[] {
  const definition = schema.def as unknown as Definition
  const inner = definition.innerType ?? definition.out
  if (inner) return branches(inner)
  return definition.options ? definition.options.flatMap(branches) : [definition]
}
