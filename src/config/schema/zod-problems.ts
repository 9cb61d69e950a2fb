import type { z } from 'zod'
import type { ErrorCode } from '../../errors/codes.js'
import type { Path, Problem } from '../../errors/problem.js'
import { didYouMean, someOf, suggest } from '../../errors/suggest.js'
import { withoutUnit } from '../../schema/scalars.js'
import type { TimeUnit } from '../../twilio/attributes.js'
import { adviceFor, keyMeantBy } from './mistaken-keys.js'

/** A problem and the path, below the value that was checked, at which it is. */
export interface ShapeProblem {
  readonly problem: Problem
  readonly path: Path
  readonly part: 'key' | 'value'
}

/** Turns what zod says of an input that does not fit a schema into problems in the reader's words. */
export function zodProblems(error: z.ZodError, input: unknown, schema: z.ZodType): ShapeProblem[] {
  return error.issues.filter(isFirst).flatMap((issue) => problemsOf(issue, []))

  function problemsOf(issue: Issue, base: Path): ShapeProblem[] {
    const path = [...base, ...(issue.path as Path)]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        problem: unknownKey(key, keysAt(schema, path), ownerOf(key, path, schema)),
        path: [...path, key],
        part: 'key',
      }))
    const branch = issue.code === 'invalid_union' && nearestBranch(issue.errors)
    if (branch) return branch.flatMap((inner) => problemsOf(inner, path))
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

/** The value at a path of the input; a single value means a list of one. */
function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const step of path) {
    if (step === 0 && !Array.isArray(value)) continue
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

type Issue = z.core.$ZodIssue

/** A value that does not fit; the issue's message is what was expected (see scalars.ts). */
function wrongValue(issue: Issue, found: unknown, path: Path): Problem {
  const isSecret = issue.code === 'custom' && issue.params?.secret === true
  const shown = isSecret ? 'a secret' : show(found)
  const meant = meantOf(issue, found)
  return {
    code: codeOf(issue, found),
    message: `expected ${issue.message}, found ${shown}${didYouMean(meant)}`,
    expected: issue.message,
    found: typeof found === 'string' && found !== '' && !isSecret ? found : shown,
    help: meant
      ? `write ${meant}`
      : (noneOf(found, path) ?? sipUrl(found, path) ?? unitHelp(issue, found) ?? helpOf(issue, found)),
  }
}

/** What is of another kind, such as a list for a text, is a wrong type; what says something else is a wrong value. */
function codeOf(issue: Issue, found: unknown): ErrorCode {
  if (issue.code === 'too_small' || issue.code === 'too_big')
    return found === '' || Array.isArray(found) ? 'wrong-value' : 'out-of-range'
  return issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'wrong-type' : 'wrong-value'
}

const BOOLEANS: Readonly<Record<string, string>> = { yes: 'true', on: 'true', no: 'false', off: 'false' }

/** Of the values allowed, the one that was probably meant. */
function meantOf(issue: Issue, found: unknown): string | undefined {
  if (typeof found !== 'string') return undefined
  if (issue.message === 'true or false') return BOOLEANS[found.toLowerCase()]
  return issue.code === 'invalid_value' ? suggest(found, issue.values.map(String)) : undefined
}

/** What means none at all, by the key or the map whose least value is one. */
const NONE: Readonly<Record<string, string>> = {
  split: 'leave it out, or drain it for a while: `dialsip endpoints drain NAME`',
  maxCalls: 'drain it: `dialsip endpoints drain NAME`',
}

function noneOf(found: unknown, path: Path): string | undefined {
  if (String(found) !== '0') return undefined
  return NONE[String(path.at(-1))] ?? NONE[String(path.at(-2))]
}

/** `url` is Twilio's attribute for a document that the callee hears. */
function sipUrl(found: unknown, path: Path): string | undefined {
  const isSip = path.at(-1) === 'url' && typeof found === 'string' && /^sips?:/i.test(found)
  return isSip
    ? 'write uri for the address to ring; url is a document that the callee hears first'
    : undefined
}

/** For `20s` where seconds are expected: other programs want the unit. */
function unitHelp({ message }: Issue, found: unknown): string | undefined {
  const [unit] = /\b(?:milli)?seconds\b/.exec(message) ?? []
  const count = unit && withoutUnit(String(found), unit as TimeUnit)
  return count ? `write ${count}, ${unit} without a unit` : undefined
}

/** So many values are a help, more are a list. */
const FEW = 3

function helpOf(issue: Issue, found: unknown): string | undefined {
  if (issue.code === 'invalid_value') {
    const values = issue.values.filter((value) => value !== '')
    return values.length > FEW ? undefined : `write ${values.join(' or ')}`
  }
  if (issue.code === 'too_big') return `write ${issue.maximum} at most`
  if (issue.code === 'too_small' && issue.origin === 'number') return `write ${issue.minimum} at least`
  if (issue.code !== 'invalid_type') return `write ${issue.message}`
  if (issue.expected === 'array' && typeof found === 'object') return 'begin each entry with a dash'
  return Array.isArray(found) ? 'write `name: value`, without dashes or brackets' : `write ${issue.message}`
}

function show(found: unknown): string {
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list'
  if (typeof found === 'object') return Object.keys(found!).length === 0 ? 'an empty map' : 'a map'
  return found === '' ? 'nothing' : `"${found}"`
}

/** What zod keeps of a schema, as far as it is looked at here. */
interface SchemaDefinition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly out?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly error?: (issue: object) => string
}

/** A cache: a thousand routes with the same mistake ask for the same keys. */
const keysFound = new WeakMap<z.ZodType, Map<string, readonly string[]>>()

/** The keys that a map at a path of the schema may hold; where it may be one of several maps, those of all. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const bySchema = keysFound.get(schema) ?? new Map<string, readonly string[]>()
  keysFound.set(schema, bySchema)
  const place = path.map((step) => (typeof step === 'number' ? '#' : step)).join('\0')
  const keys = bySchema.get(place) ?? findKeys(schema, path)
  bySchema.set(place, keys)
  return keys
}

function findKeys(schema: z.ZodType, path: Path): readonly string[] {
  const [step, ...rest] = path
  const found = branches(schema)
    .map(definitionOf)
    .flatMap((definition) => {
      if (step === undefined) return Object.keys(definition.shape ?? {})
      const next = definition.shape?.[step] ?? definition.element ?? definition.valueType
      return next ? findKeys(next, rest) : []
    })
  return [...new Set(found)]
}

/** What a schema is once the wrappers (optional, preprocess, union) are off. */
export function branches(schema: z.ZodType): z.ZodType[] {
  const { innerType, out, options } = definitionOf(schema)
  const inner = innerType ?? out
  if (inner) return branches(inner)
  return options ? options.flatMap(branches) : [schema]
}

/** What zod keeps of a schema. */
export function definitionOf(schema: z.ZodType): SchemaDefinition {
  return schema.def as unknown as SchemaDefinition
}

/**
 * A key that the language does not have at a place, with the key that was probably meant; `owner` is the key under
 * which it would be right.
 */
export function unknownKey(key: string, known: readonly string[], owner?: string): Problem {
  return {
    code: 'unknown-key',
    expected: someOf(known),
    found: key,
    ...ofUnknown(key, known, owner),
  }
}

function ofUnknown(
  key: string,
  known: readonly string[],
  owner: string | undefined,
): Pick<Problem, 'message' | 'help'> {
  const message = `there is no key "${key}" here`
  const synonym = keyMeantBy(key, known)
  if (owner && !synonym)
    return { message: `${message}; it belongs under ${owner}`, help: `move ${key} under ${owner}` }
  const advice = synonym ? undefined : adviceFor(key)
  if (advice) return { message: `${message}; ${advice.hint}`, help: advice.help }
  const meant = synonym ?? suggest(key, known)
  return { message: message + didYouMean(meant), help: meant ? `write ${meant}` : 'remove it' }
}

/** The key of a map under which, in a map or a list of maps, another key would be right. */
function ownerOf(key: string, path: Path, schema: z.ZodType): string | undefined {
  const places = (name: string) => [
    [...path, name],
    [...path, name, 0],
  ]
  return keysAt(schema, path).find((name) =>
    places(name).some((place) => keysAt(schema, place).includes(key)),
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
