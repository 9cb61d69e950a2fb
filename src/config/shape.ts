import type { z } from 'zod'
import type { Document } from './documents.js'
import type { Report } from './report.js'
import { keysAt } from './schema/keys.js'
import { misfits, missingKey, unknownKey } from './schema/problems.js'
import { collectionShape, settingsShape } from './schema/root.js'
import { below, type Origin } from './source.js'
import { isMap, type Tree } from './yaml.js'

/** A value of the right shape, and where it stands. */
export interface Item<T> {
  readonly value: T
  readonly origin: Origin
}

/** Checks one value against its schema; what does not fit is reported and gives undefined. */
export function shaped<T>(
  schema: z.ZodType<T>,
  value: unknown,
  origin: Origin,
  report: Report,
): T | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  if (value === undefined) {
    report.add(missingKey(String(origin.path.at(-1)), result.error.issues[0]!.message), origin)
    return undefined
  }
  for (const { problem, path, part } of misfits(result.error, value, (at) => keysAt(schema, at))) {
    report.add(problem, below(origin, ...path), part)
  }
  return undefined
}

/** Reports keys that the language does not have, and settings in included files. */
export function checkKeys({ file, tree, main }: Document, report: Report): void {
  const known = Object.keys({ ...settingsShape, ...collectionShape })
  for (const key of Object.keys(tree)) {
    const origin = { file, path: [key] }
    if (!known.includes(key)) report.add(unknownKey(key, known), origin, 'key')
    else if (!main && key in settingsShape) report.add(onlyInMain(key), origin, 'key')
  }
}

/** The map or list under a key of one document; empty when the key is absent or of another kind. */
export function sectionOf(document: Document, key: string, report: Report): Tree | readonly unknown[] {
  const value = document.tree[key]
  if (value === undefined || value === '') return []
  const wantsList = collectionShape[key as 'routes'].def.innerType.def.type === 'array'
  if (wantsList ? Array.isArray(value) : isMap(value)) return value as Tree | unknown[]
  shaped(collectionShape[key as 'routes'] as z.ZodType, value, { file: document.file, path: [key] }, report)
  return []
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** Names travel in URLs, logs and metrics, so they are plain words. */
export function checkName(name: string, origin: Origin, report: Report): void {
  if (NAME.test(name)) return
  report.add(
    {
      code: 'name-syntax',
      message: `"${name}" cannot be a name`,
      expected: 'letters, digits, _, . and -, beginning with a letter or digit',
      found: name,
      cure: `write ${name.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '') || 'a-name'}`,
    },
    origin,
    'key',
  )
}

function onlyInMain(key: string) {
  return {
    code: 'include-key',
    message: `"${key}" may stand in the main file only`,
    expected: `one of ${Object.keys(collectionShape).join(', ')}`,
    found: key,
    cure: 'move it to the main file',
  } as const
}
