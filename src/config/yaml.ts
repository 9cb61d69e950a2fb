import { FAILSAFE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml'
import type { FaultCode } from '../fault/codes.js'
import type { Problem } from '../fault/problem.js'

/** Every scalar stays the text that was written: `+15550100199` keeps its plus, `0123` its zero. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag)

/** A YAML map as it was read: nothing is known of its shape yet. */
export type Tree = Record<string, unknown>

/** Why a text is not a YAML map, and the offset (in UTF-16 units) of the place. */
export interface YamlProblem {
  readonly problem: Problem
  readonly offset: number
}

/** Reads one YAML document that must be a map. Aliases may not blow the file up beyond its own size. */
export function readYaml(text: string): { tree: Tree } | YamlProblem {
  if (text.trim() === '') return { tree: {} }
  try {
    const tree = load(text, { schema: SCHEMA })
    if (!isMap(tree)) return { problem: notAMap(tree), offset: 0 }
    if (expandsTooMuch(tree, text)) return { problem: tooManyAliases, offset: text.search(/\*[^\s]/) }
    return { tree }
  } catch (error) {
    return syntaxProblem(error, text)
  }
}

export function isMap(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notAMap(found: unknown): Problem {
  const kind = Array.isArray(found) ? 'a list' : 'a text'
  return {
    code: 'yaml-not-a-map',
    message: `the file is ${kind} at the top`,
    expected: 'a map of keys such as publicUrl, endpoints and routes',
    found: kind,
    cure: 'start the file with a key, such as `publicUrl:`',
  }
}

const tooManyAliases: Problem = {
  code: 'yaml-alias-limit',
  message: 'the aliases of this file expand without measure',
  expected: 'no more values than the file has characters',
  cure: 'write the values out, or use fewer aliases',
}

/** Without aliases a text of n characters holds at most n values, so this says no only to aliases of aliases. */
function expandsTooMuch(tree: Tree, text: string): boolean {
  if (!/[[{,:\-\s]\*[^\s]/.test(text)) return false
  let left = text.length
  const open: unknown[] = [tree]
  while (open.length > 0) {
    const value = open.pop()
    left -= 1
    if (left < 0) return true
    if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
  }
  return false
}

const SYNTAX_CODES: readonly [RegExp, FaultCode, string][] = [
  [/tab characters/, 'yaml-tab', 'indent with spaces'],
  [/duplicated mapping key/, 'yaml-duplicate-key', 'remove or rename one of the two'],
]

function syntaxProblem(error: unknown, text: string): YamlProblem {
  const reason = error instanceof YAMLException ? error.reason : String(error)
  const offset = error instanceof YAMLException ? (error.mark?.position ?? 0) : 0
  const [, code, cure] = SYNTAX_CODES.find(([pattern]) => pattern.test(reason)) ?? [
    null,
    'yaml-syntax' as const,
    'mend the line that the caret points at; texts with `: `, `{` or `*` in front need quotes',
  ]
  return {
    problem: { code, message: `not valid YAML: ${reason}`, cure },
    offset: Math.min(offset, text.length),
  }
}
