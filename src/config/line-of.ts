import type { Path } from '../errors/config-error.js'
import { Locator } from './locate.js'

/** The line, from 1, in which the value at a path of a YAML text begins. */
export function lineOf(text: string, path: Path): number {
  return text.slice(0, new Locator(text).span(path, 'value').start).split('\n').length
}
