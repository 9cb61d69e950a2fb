import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { someOf } from '../errors/suggest.js'
import type { Attribute, TimeUnit } from '../twilio/attributes.js'

// Every scalar arrives as the text that is in the file (see yaml.ts). The error of each schema is the
// sentence "what was expected"; `zod-problems.ts` turns it into an error.

/** Any text that is not empty. */
export function text(expected = 'a text') {
  return z.string(expected).min(1, expected)
}

/** A whole number with limits, both included; `unit` is what it counts. */
export function whole(min: number, max: number, unit = '') {
  const counted = unit && ` ${unit}`
  const limits = max === Number.MAX_SAFE_INTEGER ? `${min}${counted} up` : `${min} to ${max}${counted}`
  const expected = `a whole number from ${limits}`
  return z.preprocess(numeric, z.int(expected).min(min, expected).max(max, expected))
}

function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
}

/** A time as other programs write it. */
const TIME = /^(\d+) *(ms|s|m|h|sec|seconds?|min|minutes?|hours?)$/i

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `20s` or `5 min` as a whole number of the unit that is expected; undefined for any other text. */
export function withoutUnit(text: string, expected: TimeUnit): number | undefined {
  const [, amount, unit = ''] = TIME.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  const letters = unit.toLowerCase()
  const milliseconds = Number(amount) * (MILLISECONDS[letters] ?? MILLISECONDS[letters[0]!]!)
  const count = expected === 'seconds' ? milliseconds / 1000 : milliseconds
  return Number.isSafeInteger(count) ? count : undefined
}

/** `true` or `false`, in the spellings of YAML 1.2 (§10.3.2), which knows no `yes`. */
export function flag() {
  return z.preprocess(booleanOf, z.boolean('true or false'))
}

/** `value`, in which `true` and `false` are among the words, with their other spellings. */
export function withBooleans<T extends z.ZodType>(value: T) {
  return z.preprocess(booleanWord, value)
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map(
  [true, false].flatMap((value) => spellingsOf(String(value)).map((word) => [word, value] as const)),
)

/** `true`, `True` and `TRUE`, but not `tRUE`. */
function spellingsOf(word: string): string[] {
  return [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()]
}

function booleanOf(value: unknown): unknown {
  return BOOLEANS.get(value) ?? value
}

function booleanWord(value: unknown): unknown {
  const boolean = BOOLEANS.get(value)
  return boolean === undefined ? value : String(boolean)
}

/** One of some words. */
export function oneOf<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, someOf(values))
}

/** One value or a list of them; always a list once read. */
export function listOf<T extends z.ZodType>(item: T, expected = 'a value or a list') {
  return z.preprocess(asList, z.array(item, expected)).meta({ oneOrMany: true })
}

/** As `listOf`, for lists of which nothing would come without an entry. */
export function someListOf<T extends z.ZodType>(item: T) {
  return z
    .preprocess(asList, z.array(item, 'a value or a list').min(1, 'at least one entry'))
    .meta({ oneOrMany: true })
}

function asList(value: unknown): unknown {
  return Array.isArray(value) || value === undefined ? value : [value]
}

/** An http(s) URL for Twilio to call or fetch. */
export function url(expected = 'an http or https URL') {
  return z.string(expected).refine(isHttpUrl, expected)
}

/** Whether a text is an http(s) URL with a host. */
export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:\/\/[^/]/i.test(value)
}

/** A host without scheme and port, as the `Host` of a request names it. */
export function hostName() {
  const expected = 'a host name or an IP address, without port'
  return z.string(expected).refine(isHostName, expected)
}

function isHostName(value: string): boolean {
  return /^[\w.-]+$/.test(value) || isIPv6(value)
}

/** A map whose keys are names or words of the user's own. */
export function mapOf<T extends z.ZodType>(value: T, expected = 'a map of names') {
  return z.record(z.string(), value, expected)
}

const KINDS: Record<Attribute['kind'], (attribute: Attribute) => z.ZodType> = {
  int: ({ min, max = Number.MAX_SAFE_INTEGER, unit }) => whole(min!, max, unit),
  bool: () => flag(),
  enum: words,
  list: (attribute) => listOf(oneOf(...(attribute.values as [string, ...string[]]))),
  url: () => url(),
  text: limitedText,
  callerId: () => text('a caller id'),
}

function words({ values }: Attribute): z.ZodType {
  const word = oneOf(...(values as [string, ...string[]]))
  return values!.includes('true') ? withBooleans(word) : word
}

/** The keys of a table of TwiML attributes, each optional, checked for value and range. */
export function attributeShape(table: readonly Attribute[]): Record<string, z.ZodType> {
  return Object.fromEntries(table.map((attribute) => [attribute.name, attributeSchema(attribute)]))
}

function attributeSchema(attribute: Attribute): z.ZodType {
  const { kind, says, default: byDefault } = attribute
  const meta = { description: says, ...(byDefault !== undefined && { default: byDefault }) }
  return KINDS[kind](attribute).meta(meta).optional()
}

/** A secret that is too long is refused without being shown; `zod-problems.ts` looks at `secret`. */
function limitedText({ max, secret, pattern }: Attribute): z.ZodType {
  const any = pattern ? text().regex(pattern.form, pattern.expected) : text()
  if (max === undefined) return any
  const message = `at most ${max} characters`
  if (!secret) return any.max(max, message)
  return any.refine((value) => value.length <= max, { message, params: { secret } })
}
