import type { z } from 'zod'
import type { Path } from '../../errors/config-error.js'
import type { Problem } from '../../errors/problem.js'
import { didYouMean, someOf, suggest } from '../../errors/suggest.js'

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

/**
 * A key that the language does not have at a place, with the key that was probably meant; `owner` is the key under
 * which it would be right.
 */
export function unknownKey(key: string, known: readonly string[], owner?: string): Problem {
  const meant = owner ? undefined : suggest(key, known)
  const hint = owner ? `; it belongs under ${owner}` : didYouMean(meant)
  return {
    code: 'unknown-key',
    message: `there is no key "${key}" here${hint}`,
    expected: someOf(known),
    found: key,
    help: owner ? `move ${key} under ${owner}` : meant ? `write ${meant}` : 'remove it',
  }
}

/** The key of a map under which, in a map or a list of maps, another key would be right. */
export function ownerOf(
  key: string,
  path: Path,
  keysAt: (path: Path) => readonly string[],
): string | undefined {
  return keysAt(path).find((name) =>
    [
      [...path, name],
      [...path, name, 0],
    ].some((below) => keysAt(below).includes(key)),
  )
}

/** A key that is needed and not there. */
export function missingKey(key: string, expected: string): Problem {
  return {
    code: 'missing-key',
    message: `"${key}" is missing`,
    expected: `${key}: ${expected}`,
    help: `add ${key}`,
  }
}
