import type { z } from 'zod'
import type { Attribute } from '../../twilio/attributes.js'
import { flag, listOf, oneOf, text, url, whole } from './scalars.js'

const KINDS: Record<Attribute['kind'], (attribute: Attribute) => z.ZodType> = {
  int: (attribute) => whole(attribute.min ?? 0, attribute.max ?? Number.MAX_SAFE_INTEGER),
  bool: () => flag(),
  enum: (attribute) => oneOf(...(attribute.values as [string, ...string[]])),
  list: (attribute) => listOf(oneOf(...(attribute.values as [string, ...string[]]))),
  url: () => url(),
  text: ({ max }) => (max === undefined ? text() : text().max(max, `at most ${max} characters`)),
  callerId: () => text('a caller id'),
}

/** The keys of a table of TwiML attributes, each optional, checked for value and range. */
export function attributeShape(table: readonly Attribute[]): Record<string, z.ZodType> {
  return Object.fromEntries(table.map((attribute) => [attribute.name, attributeSchema(attribute)]))
}

export function attributeSchema(attribute: Attribute): z.ZodType {
  const described = KINDS[attribute.kind](attribute).describe(attribute.says)
  return described.optional()
}
