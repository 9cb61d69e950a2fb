import type { z } from 'zod'
import type { Path } from '../../errors/config-error.js'
import type { Problem } from '../../errors/problem.js'
import { missingKey, ownerOf, unknownKey } from './key-problems.js'
import { type Issue, wrongValue } from './value-problems.js'

/** A problem and the path, below the value that was checked, at which it stands. */
export interface ShapeProblem {
  readonly problem: Problem
  readonly path: Path
  readonly part: 'key' | 'value'
}

/** Gives the keys of the map at a path of a schema, for "did you mean". */
export type KeysAt = (path: Path) => readonly string[]

/** Turns what zod says of a value into problems in the reader's words. */
export function misfits(error: z.ZodError, input: unknown, keysAt: KeysAt): ShapeProblem[] {
  return error.issues.filter(isFirst).flatMap((issue) => misfitsOf(issue, []))

  function misfitsOf(issue: Issue, base: Path): ShapeProblem[] {
    const path = [...base, ...(issue.path as Path)]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        problem: unknownKey(key, keysAt(path), ownerOf(key, path, keysAt)),
        path: [...path, key],
        part: 'key',
      }))
    const branch = issue.code === 'invalid_union' && nearestBranch(issue.errors)
    if (branch) return branch.flatMap((inner) => misfitsOf(inner, path))
    const found = valueAt(input, path)
    if (found !== undefined) return [{ problem: wrongValue(issue, found, path), path, part: 'value' }]
    return [{ problem: missingKey(String(path.at(-1)), issue.message), path: path.slice(0, -1), part: 'key' }]
  }
}

/** Whether nothing else is said of the value before: an empty list is no text, and not one that is too short. */
function isFirst({ path }: Issue, at: number, issues: readonly Issue[]): boolean {
  const place = path.join('\0')
  return issues.findIndex((other) => other.path.join('\0') === place) === at
}

/**
 * Of the ways in which a value may be written, the one that was meant: the one that failed only further inside.
 * None if it fits none from the start.
 */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter((issues) => issues.every((issue) => depthOf(issue) > 0))
  return inside.sort((a, b) => Math.min(...b.map(depthOf)) - Math.min(...a.map(depthOf)))[0]
}

function depthOf(issue: Issue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)
}

/** The value at a path of the input; a single value stands for a list of one. */
function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const step of path) {
    if (step === 0 && !Array.isArray(value)) continue
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
