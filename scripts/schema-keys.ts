import type { z } from 'zod'
import { SAMPLES } from '../src/config/schema/json-schema.js'
import { rootSchema } from '../src/config/schema/root.js'
import { branches, definitionOf } from '../src/config/schema/zod-problems.js'
import {
  type Attribute,
  DIAL_ATTRIBUTES,
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
  SIP_ATTRIBUTES,
} from '../src/twilio/attributes.js'

/** A key of the config language as the manual shows it. */
export interface KeyRow {
  readonly key: string
  /** What it takes, in the words of the error that anything else gives. */
  readonly value: string
  readonly standard: string
  readonly says: string
  readonly example: string
}

/** The keys at a path such as `endpoints.*`; where several maps are allowed, those of all. */
export function rowsAt(path: string): KeyRow[] {
  const steps = path.split('.').filter((step) => step !== '')
  const found = shapesAt(rootSchema, steps).flatMap((shape) => Object.entries(shape))
  if (found.length === 0) throw new Error(`the language has no map at ${path}`)
  const parent = steps.filter((step) => step !== '*').at(-1) ?? ''
  const rows = new Map(found.reverse().map(([key, schema]) => [key, rowOf(key, schema, parent)]))
  return [...rows.values()].reverse()
}

function shapesAt(
  schema: z.ZodType,
  [step, ...rest]: readonly string[],
): Readonly<Record<string, z.ZodType>>[] {
  return branches(schema).flatMap((branch) => {
    const { shape, element, valueType } = definitionOf(branch)
    if (element && step !== '*') return shapesAt(element, step === undefined ? [] : [step, ...rest])
    if (step === undefined) return shape ? [shape] : []
    const next = shape?.[step] ?? element ?? valueType
    return next ? shapesAt(next, rest) : []
  })
}

function rowOf(key: string, schema: z.ZodType, parent: string): KeyRow {
  const sample = SAMPLES[`${parent}.${key}`] ?? SAMPLES[key] ?? {}
  const standard = sample.default ?? TWILIO_DEFAULTS[parent]?.get(key)
  return {
    key,
    value: valueText(schema),
    standard: schema.def.type === 'optional' ? code(standard) : '(needed)',
    says: describe(schema),
    example: code(sample.examples?.find((example) => schema.safeParse(asRead(example)).success)),
  }
}

/** The loader sees every scalar as the text in the file. */
function asRead(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRead)
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRead(item)]))
}

/** The defaults of TwiML attributes, by the key that holds them: `timeout` is another one in `<Record>`. */
const TWILIO_DEFAULTS: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
  record: defaults(RECORD_ATTRIBUTES),
  say: defaults(SAY_ATTRIBUTES),
  play: defaults(PLAY_ATTRIBUTES),
  redirect: defaults(REDIRECT_ATTRIBUTES),
  defaults: defaults(DIAL_ATTRIBUTES),
  endpoints: defaults(SIP_ATTRIBUTES),
}

function defaults(table: readonly Attribute[]): Map<string, unknown> {
  return new Map(table.map(({ name, default: value }) => [name, value]))
}

function describe(schema: z.ZodType): string {
  return schema.description ?? definitionOf(schema).innerType!.description!
}

function valueText(schema: z.ZodType): string {
  const definition = definitionOf(schema)
  if (definition.innerType) return valueText(definition.innerType)
  if (definition.out) return valueText(definition.out)
  const said = definition.error!({})
  if (definition.element && said === 'a value or a list') return `${valueText(definition.element)}, or a list`
  return definition.type === 'string' ? (tooLong(schema) ?? said) : said
}

/** The message for a text that is longer than any limit. */
function tooLong(schema: z.ZodType): string | undefined {
  const issues = schema.safeParse('x'.repeat(100_000)).error?.issues ?? []
  return issues.map(({ message }) => message).find((message) => message.startsWith('a text of'))
}

function code(value: unknown): string {
  return value === undefined ? '' : `\`${yaml(value)}\``
}

/** A value in YAML's flow style, quoted where YAML needs it. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${yaml(key)}: ${yaml(item)}`)
    return `{ ${pairs.join(', ')} }`
  }
  const text = String(value)
  const plain = /^[\w./$-][^#{}[\],&*!|>'"%@`]*$/.test(text) && !/: |:$/.test(text)
  return plain || typeof value !== 'string' ? text : `"${text}"`
}

/** Every key of the language, once. */
export function keyRows(): string[] {
  const keys = new Set<string>()
  const seen = new Set<z.ZodType>()
  visit(rootSchema)
  return [...keys]

  function visit(schema: z.ZodType): void {
    for (const branch of branches(schema)) {
      if (seen.has(branch)) continue
      seen.add(branch)
      const { shape = {}, element, valueType } = definitionOf(branch)
      for (const [key, inner] of Object.entries(shape)) {
        keys.add(key)
        visit(inner)
      }
      for (const inner of [element, valueType]) if (inner) visit(inner)
    }
  }
}
