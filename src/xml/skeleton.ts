import { fragment } from 'xmlbuilder2'

/**
 * An element written once, with holes for what differs from call to call: literals at even places, names of holes
 * at odd ones. Building XML costs about 70 µs, filling a skeleton well under one (docs/performance.md).
 */
export type Skeleton = readonly string[]

/** What a skeleton is built of; attributes and content may hold holes. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content?: string
}

/** From Unicode's private use area, so that no text in a config can be taken for a hole. */
const MARK = '\uE000'

/** Stands in an attribute or as the content of an element for a value that is filled in later. */
export function hole(name: string): string {
  return MARK + name + MARK
}

/** Builds `<name attributes…>content</name>`. */
export function skeleton({ name, attributes, content = '' }: Element): Skeleton {
  const element = fragment().ele(name, attributes)
  if (content !== '') element.txt(content)
  return element.up().toString().split(MARK)
}

/** The text of a skeleton; the values are written as they are, so they must be escaped. */
export function fill(parts: Skeleton, values: Readonly<Record<string, string>>): string {
  let text = parts[0]!
  for (let at = 1; at < parts.length; at += 2) text += values[parts[at]!]! + parts[at + 1]!
  return text
}
