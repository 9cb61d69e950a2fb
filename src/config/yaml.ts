import { FAILSAFE_SCHEMA, load, mergeTag, type YAMLException } from 'js-yaml'
import type { Problem } from '../errors/problem.js'
import { readNodes, type TextSpan } from './nodes.js'
import { syntaxProblem } from './yaml-syntax.js'

/** Every scalar stays the text that was written: `+15550100199` keeps its plus, `0123` its zero. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag)

/** A YAML map as it was read: nothing is known of its shape yet. */
export type Tree = Record<string, unknown>

/** Why a text is not a YAML map, and where in it, in UTF-16 units. */
export interface YamlProblem {
  readonly problem: Problem
  readonly span: TextSpan
  /** The first of two keys that are the same. */
  readonly other?: TextSpan
}

/** Reads one YAML document that must be a map. Aliases may not blow the file up beyond its own size. */
export function readYaml(text: string): { tree: Tree } | { problems: readonly YamlProblem[] } {
  try {
    const tree = load(text, { schema: SCHEMA })
    if (tree === '') return { tree: {} }
    if (!isMap(tree)) return { problems: [{ problem: notAMap(tree), span: charAt(text.search(/\S/)) }] }
    if (expandsTooMuch(tree, text))
      return { problems: [{ problem: tooManyAliases, span: charAt(text.search(ALIAS) + 1) }] }
    return { tree }
  } catch (error) {
    const { reason } = error as YAMLException
    if (reason === 'expected a document, but the input is empty') return { tree: {} }
    if (reason === 'duplicated mapping key') return { problems: duplicates(text) }
    const { problem, offset } = syntaxProblem(error as YAMLException, text)
    return { problems: [{ problem, span: charAt(Math.min(offset, text.length)) }] }
  }
}

export function isMap(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function charAt(start: number): TextSpan {
  return { start, end: start + 1 }
}

function notAMap(found: unknown): Problem {
  const kind = Array.isArray(found) ? 'a list' : 'a text'
  return {
    code: 'yaml-not-a-map',
    message: `the file is ${kind} at the top`,
    expected: 'a map of keys such as publicUrl, endpoints and routes',
    found: kind,
    help: 'start the file with a key, such as `routes:`',
  }
}

/** All keys that stand twice, not only the first that the parser met. */
function duplicates(text: string): YamlProblem[] {
  return readNodes(text).duplicates.map(({ key, first, second }) => ({
    problem: {
      code: 'yaml-duplicate-key',
      message: `the key "${key}" stands twice in one map`,
      expected: 'each key once',
      found: key,
      help: 'remove or rename one of the two',
    },
    span: second,
    other: first,
  }))
}

const tooManyAliases: Problem = {
  code: 'yaml-alias-limit',
  message: 'the aliases of this file expand without measure',
  expected: 'no more values than the file has characters',
  help: 'write the values out, or use fewer aliases',
}

const ALIAS = /[[{,:\-\s]\*[^\s]/

/** Without aliases a text of n characters holds at most n values, so this says no only to aliases of aliases. */
function expandsTooMuch(tree: Tree, text: string): boolean {
  if (!text.includes('*') || !ALIAS.test(text)) return false
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
