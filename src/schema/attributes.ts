import type { z } from 'zod'
import type { Attribute } from '../twilio/attributes.js'
import { flag, listOf, oneOf, text, url, whole, withBooleans } from './scalars.js'

const KINDS: Record<Attribute['kind'], (attribute: Attribute) => z.ZodType> = {
  int: (attribute) => whole(attribute.min!, attribute.max ?? Number.MAX_SAFE_INTEGER),
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
