import { FAILSAFE_SCHEMA, load, mergeTag, type YAMLException } from 'js-yaml'
import type { Offsets } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import { readNodes } from './source-file.js'

/** Every scalar stays the text that was written: `+15550100199` keeps its plus, `0123` its zero. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag)

/** A YAML map as it was read: nothing is known of its shape yet. */
export type Tree = Record<string, unknown>

/** Why a text is not a YAML map, and where in it, in UTF-16 units. */
interface YamlProblem {
  readonly problem: Problem
  readonly offsets: Offsets
  /** The first of two keys that are the same. */
  readonly other?: Offsets
}

/** Reads one YAML document that must be a map. Aliases may not blow the file up beyond its own size. */
export function readYaml(text: string): { tree: Tree } | { problems: readonly YamlProblem[] } {
  try {
    const tree = load(text, { schema: SCHEMA })
    if (tree === '') return { tree: {} }
    if (!isMap(tree)) return { problems: [{ problem: notAMap(tree), offsets: charAt(text.search(/\S/)) }] }
    if (expandsTooMuch(tree, text))
      return { problems: [{ problem: tooManyAliases, offsets: charAt(text.search(ALIAS) + 1) }] }
    return { tree }
  } catch (error) {
    const { reason } = error as YAMLException
    if (reason === 'expected a document, but the input is empty') return { tree: {} }
    if (reason === 'duplicated mapping key') return { problems: duplicates(text) }
    const { problem, offset } = syntaxProblem(error as YAMLException, text)
    return { problems: [{ problem, offsets: charAt(Math.min(offset, text.length)) }] }
  }
}

/** Whether a value of a tree is a map. */
export function isMap(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function charAt(start: number): Offsets {
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

/** All keys that are there twice, not only the first that the parser met. */
function duplicates(text: string): YamlProblem[] {
  return readNodes(text).duplicates.map(({ key, first, second }) => ({
    problem: {
      code: 'yaml-duplicate-key',
      message: `the key "${key}" appears twice in one map`,
      expected: 'each key once',
      found: key,
      help: 'remove or rename one of the two',
    },
    offsets: second,
    other: first,
  }))
}

const tooManyAliases: Problem = {
  code: 'yaml-alias-limit',
  message: 'the aliases of this file expand to too much',
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

const QUOTES =
  'a text that holds `{`, `}`, `[`, `]`, `, ` or `: `, or begins with `@`, `&`, `*` or `!`, needs quotes'

/** What the parser's reasons come down to in a config, and how to fix it. */
const REASONS: readonly [reason: RegExp, help: string, expected?: string][] = [
  [/tab characters/, 'indent with spaces'],
  [/flow collection|block mapping entry|mapping key$/, QUOTES],
  [/bad indentation/, `align it with the line that it belongs to; ${QUOTES}`],
  [/alias/, 'a text that begins with `*` needs quotes; an alias needs its `&anchor` above it'],
  [
    /single document/,
    'remove the `---`, or put the rest into a file of its own under `include`',
    'one document',
  ],
  [/cannot merge/, 'write `<<: *anchor`, with `&anchor` at a map', 'an alias of a map'],
  [/quoted scalar/, 'close the quote'],
  [/escape sequence|hexadecimal/, 'use single quotes: in double quotes a backslash begins an escape'],
  [/non-printable/, 'remove the character'],
]

/** What is wrong with a text that is not YAML, and the offset of the place in UTF-16 units. */
function syntaxProblem({ reason, mark }: YAMLException, text: string): { problem: Problem; offset: number } {
  const [, help, expected] = REASONS.find(([pattern]) => pattern.test(reason)) ?? [undefined, QUOTES]
  const code = /tab characters/.test(reason) ? 'yaml-tab' : 'yaml-syntax'
  const offset = mark?.position ?? text.search(/(?<=\S\s*\n)---/)
  return { problem: { code, message: `not valid YAML: ${reason}`, expected, help }, offset }
}

/** The way to a map or list. The same array is used for the whole walk: to keep it, copy it. */
type Steps = readonly (string | number)[]

/** What is done with a text; `holder` is the map or list in which it is under `key`, and `steps` lead there. */
type VisitText = (
  text: string,
  key: string | number,
  steps: Steps,
  holder: Record<string | number, unknown>,
) => void

/**
 * Goes through all texts of a tree, in its order; with `once`, what several aliases lead to is gone through once. A
 * large config has a million texts, of which few matter, so nothing is allocated for each.
 */
export function eachText(tree: Tree, visit: VisitText, once = false): void {
  const steps: (string | number)[] = []
  const seen = new Set<unknown>()
  walk(tree)

  function walk(holder: unknown): void {
    if (once && seen.has(holder)) return
    if (once) seen.add(holder)
    if (Array.isArray(holder)) for (let at = 0; at < holder.length; at += 1) step(at, holder[at], holder)
    else if (isMap(holder)) for (const key in holder) step(key, holder[key], holder)
  }

  function step(key: string | number, value: unknown, holder: unknown): void {
    if (typeof value === 'string') {
      visit(value, key, steps, holder as Record<string | number, unknown>)
      return
    }
    steps.push(key)
    walk(value)
    steps.pop()
  }
}
