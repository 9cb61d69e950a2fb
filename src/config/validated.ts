import type { z } from 'zod'
import { below, type Origin } from '../errors/origin.js'
import type { Reporter } from '../errors/problem.js'
import type { Document } from './documents.js'
import { collectionShape, rootSchema, settingsShape } from './schema/root.js'
import { missingKey, type ShapeProblem, unknownKey, zodProblems } from './schema/zod-problems.js'
import { isMap, type Tree } from './yaml.js'

/**
 * Checks one value against its schema; what does not fit is reported and gives undefined. With unknown keys alone
 * the rest is taken, so that its errors are found as well.
 */
export function validated<T>(
  schema: z.ZodType<T>,
  value: unknown,
  origin: Origin,
  report: Reporter,
): T | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  if (value === undefined) {
    report.add(missingKey(String(origin.path.at(-1)), result.error.issues[0]!.message), origin)
    return undefined
  }
  const found = zodProblems(result.error, value, schema)
  const [lacking, others] = partition(found)
  for (const { problem, path, part } of others) report.add(problem, below(origin, ...path), part)
  for (const { problem, path } of lacking) report.addMissing(problem, below(origin, ...path))
  const rest = found.every(({ problem }) => problem.code === 'unknown-key') && withoutKeys(value, found)
  return rest ? schema.safeParse(rest).data : undefined
}

/** What is missing comes last: an unknown key next to it may be the one. */
function partition(found: readonly ShapeProblem[]): [lacking: ShapeProblem[], others: ShapeProblem[]] {
  const isLacking = ({ problem }: ShapeProblem) => problem.code === 'missing-key'
  return [found.filter(isLacking), found.filter((one) => !isLacking(one))]
}

/** A copy of a value without the keys at the paths. */
function withoutKeys(value: unknown, keys: readonly ShapeProblem[]): unknown {
  const copy = structuredClone(value)
  for (const { path } of keys) {
    const steps = path.slice(0, -1)
    let map = copy as Tree
    for (const step of steps) if (step !== 0 || Array.isArray(map)) map = map[step] as Tree
    delete map[path.at(-1)!]
  }
  return copy
}

/** Reports keys that the language does not have, and settings in included files. */
export function checkKeys({ file, tree, main }: Document, report: Reporter): void {
  for (const key of Object.keys(tree)) {
    const origin = { file, path: [key] }
    if (!Object.hasOwn(rootSchema.shape, key))
      report.add(unknownKey(key, Object.keys(rootSchema.shape)), origin, 'key')
    else if (!main && key in settingsShape) report.add(onlyInMain(key), origin, 'key')
  }
}

/** The map or list under a key of one document; empty when the key is absent or of another kind. */
export function sectionOf(document: Document, key: string, report: Reporter): Tree | readonly unknown[] {
  const value = document.tree[key]
  if (value === undefined || value === '') return []
  const wantsList = rootSchema.shape[key as 'routes'].def.innerType.def.type === 'array'
  if (wantsList ? Array.isArray(value) : isMap(value)) return value as Tree | unknown[]
  validated(
    rootSchema.shape[key as 'routes'] as z.ZodType,
    value,
    { file: document.file, path: [key] },
    report,
  )
  return []
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** Names travel in URLs, logs and metrics, so they are plain words. */
export function checkName(
  name: string,
  origin: Origin,
  report: Reporter,
  part: 'key' | 'value' = 'value',
): void {
  if (NAME.test(name)) return
  report.add(
    {
      code: 'name-syntax',
      message: `"${name}" cannot be a name`,
      expected: 'letters, digits, _, . and -, beginning with a letter or digit',
      found: name,
      help: `write ${name.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '') || 'a-name'}`,
    },
    origin,
    part,
  )
}

function onlyInMain(key: string) {
  return {
    code: 'include-key',
    message: `"${key}" is allowed in the main file only`,
    expected: `one of ${Object.keys(collectionShape).join(', ')}`,
    found: key,
    help: 'move it to the main file',
  } as const
}
