import type { Attribute } from './attributes.js'

/** The attributes of a table that are set, as the text that goes into the TwiML. */
export function attributesOf(
  source: Readonly<Record<string, unknown>>,
  table: readonly Attribute[],
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {}
  for (const { name } of table) {
    const value = source[name]
    if (value !== undefined) attributes[name] = Array.isArray(value) ? value.join(' ') : String(value)
  }
  return attributes
}
