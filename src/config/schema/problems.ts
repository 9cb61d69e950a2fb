import type { z } from 'zod'
import type { FaultCode } from '../../fault/codes.js'
import type { Path } from '../../fault/fault.js'
import type { Problem } from '../../fault/problem.js'
import { suggest } from '../../fault/suggest.js'

type Issue = z.core.$ZodIssue

/** A problem and the path, below the value that was checked, at which it stands. */
export interface Misfit {
  readonly problem: Problem
  readonly path: Path
  readonly part: 'key' | 'value'
}

const CODES: Partial<Record<Issue['code'], FaultCode>> = {
  invalid_type: 'wrong-type',
  invalid_value: 'wrong-value',
  invalid_format: 'wrong-value',
  too_small: 'out-of-range',
  too_big: 'out-of-range',
  custom: 'wrong-value',
}

/**
 * Turns what zod says of a value into problems in the reader's words. `known` gives the keys of the map at a
 * path, for "did you mean".
 */
export function misfits(
  error: z.ZodError,
  input: unknown,
  known: (path: Path) => readonly string[],
): Misfit[] {
  return error.issues.flatMap((issue) => misfitsOf(issue, input, [], known))
}

function misfitsOf(
  issue: Issue,
  input: unknown,
  base: Path,
  known: (path: Path) => readonly string[],
): Misfit[] {
  const path = [...base, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      problem: unknownKey(key, known(path)),
      path: [...path, key],
      part: 'key',
    }))
  }
  if (issue.code === 'invalid_union') {
    return nearestBranch(issue.errors).flatMap((inner) => misfitsOf(inner, input, path, known))
  }
  const found = valueAt(input, path)
  if (found === undefined)
    return [{ problem: missingKey(String(path.at(-1)), issue.message), path: path.slice(0, -1), part: 'key' }]
  return [{ problem: wrongValue(issue, found), path, part: 'value' }]
}

/** Of the ways in which a value may be written, the one it came closest to: the one that failed deepest. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) =>
    Math.min(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
  return branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best))
}

/** A key that the language does not have, with the key that was probably meant. */
export function unknownKey(key: string, known: readonly string[]): Problem {
  const meant = suggest(key, known)
  return {
    code: 'unknown-key',
    message: `there is no key "${key}" here${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : undefined,
    found: key,
    cure: meant ? `write ${meant}` : 'remove it',
  }
}

/** A key that is needed and not there. */
export function missingKey(key: string, expected: string): Problem {
  return {
    code: 'missing-key',
    message: `"${key}" is missing`,
    expected: `${key}: ${expected}`,
    cure: `add ${key}`,
  }
}

function wrongValue(issue: Issue, found: unknown): Problem {
  const shown = issue.code === 'custom' && issue.params?.secret ? 'a secret' : show(found)
  return {
    code: CODES[issue.code] ?? 'wrong-value',
    message: `expected ${issue.message}, found ${shown}`,
    expected: issue.message,
    found: shown,
    cure: `write ${issue.message}`,
  }
}

function show(found: unknown): string {
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object' && found !== null) return 'a map'
  return found === '' ? 'nothing' : JSON.stringify(found)
}

/** The value at a path of the input; a single value stands for a list of one. */
function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const step of path) {
    if (step === 0 && !Array.isArray(value)) continue
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
