import { z } from 'zod'
import { rootSchema } from './root.js'
import { SAMPLES } from './samples.js'

/** A node of a JSON Schema, as far as this file looks at it. */
export interface JsonSchema {
  [key: string]: unknown
  properties?: Record<string, JsonSchema>
}

/**
 * The JSON Schema (draft 2020-12) of the config language, for editors: what `check` takes by its shape, with
 * descriptions, defaults and examples. Made from the schema that the loader uses.
 */
export function jsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(rootSchema, { io: 'output', override: asWritten }) as JsonSchema
  addSamples(schema, '')
  return { $schema: schema.$schema, title: 'dialsip config', ...schema }
}

type Overridden = Parameters<NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>>[0]

/** The loader sees every scalar as text, and a single value as a list of one; an editor sees what YAML makes of it. */
function asWritten({ jsonSchema }: Overridden): void {
  // every key of a YAML map is a text
  delete jsonSchema.propertyNames
  if (jsonSchema.oneOrMany) oneOrMany(jsonSchema)
  else if (Array.isArray(jsonSchema.enum)) jsonSchema.enum = jsonSchema.enum.flatMap(spellings)
  else if (jsonSchema.const === 'true') {
    delete jsonSchema.const
    jsonSchema.enum = spellings('true')
  } else if (jsonSchema.type === 'string') jsonSchema.type = ['string', 'number', 'boolean'] as never
  if (jsonSchema.enum) delete jsonSchema.type
}

function oneOrMany(schema: Overridden['jsonSchema']): void {
  const { oneOrMany: _, type, items, ...rest } = schema
  for (const key of Object.keys(schema)) delete schema[key]
  Object.assign(schema, rest, { anyOf: [items, { type, items }] })
}

/** A word such as `true` is a boolean to YAML, and nothing at all is null. */
function spellings(word: unknown): (string | boolean | null)[] {
  if (word === '') return ['', null]
  return word === 'true' || word === 'false' ? [word, word === 'true'] : [word as string]
}

/** Puts defaults and examples beside the descriptions; those of a TwiML attribute are there already. */
function addSamples(node: unknown, parent: string): void {
  if (typeof node !== 'object' || node === null) return
  const { properties = {}, ...rest } = node as JsonSchema
  for (const [key, schema] of Object.entries(properties)) {
    const sample = SAMPLES[`${parent}.${key}`] ?? SAMPLES[key]
    Object.assign(schema, { ...sample, ...('default' in schema && { default: schema.default }) })
    addSamples(schema, key)
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$defs') for (const [id, schema] of Object.entries(value as object)) addSamples(schema, id)
    else if (!DATA.includes(key)) addSamples(value, parent)
  }
}

/** Keys whose values are values of the config, not schemas. */
const DATA = ['examples', 'default', 'enum']
