/**
 * What a terminal obeys instead of showing it: C0, DEL and C1 with their line breaks (ECMA-48), Unicode's own line
 * breaks, and the marks that turn the direction of a text (UAX 9).
 */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const SHORT: Readonly<Record<string, string | undefined>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text of somebody else for a terminal: one line, and each sign that is not seen as its escape, `\n` or `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped)
}

/** As `visible` for every text and every key of plain data. */
export function visibleAll<T>(value: T): T {
  return shown(value) as T
}

/** JSON for a terminal as well: what JSON may hold unescaped is escaped, and reads back as the same value. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSEEN, (sign) => (sign === '\n' ? sign : escaped(sign)))
}

/** What JSON leaves as it is, of that which a terminal obeys. */
const UNSEEN_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A line of JSON for a terminal as well; it reads back as the same value. */
export function visibleLine(json: string): string {
  return json.replace(UNSEEN_IN_JSON, escaped)
}

/** One sign for one, where columns are counted. */
export function visibleColumns(text: string): string {
  return text.replace(UNSEEN, '\ufffd')
}

function escaped(sign: string): string {
  return SHORT[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return visible(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(shown)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visible(key), shown(one)]))
}
