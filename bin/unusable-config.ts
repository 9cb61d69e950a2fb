import { isError, placeText } from '../src/errors/print.js'
import { type ConfigError, pathText } from '../src/errors/problem.js'
import { visible } from '../src/errors/visible.js'
import { seenFromHere } from './config-file.js'
import { UnusableConfig } from './io.js'

/** Says the first error with its place and help, and how to see the others. */
export function unusable(errors: readonly ConfigError[], file: string): UnusableConfig {
  const [first, ...others] = seenFromHere(errors.filter(isError), file)
  const { place, path, message, help } = first!
  const where = path.length > 0 ? `${placeText(place)} ${pathText(path)}` : placeText(place)
  const how = help === undefined || message.endsWith('?') ? '' : `; ${help}`
  const more = others.length === 0 ? '' : ` (and ${others.length} more; dialsip check ${file} shows them)`
  return new UnusableConfig(visible(`${where}: ${message}${how}${more}`))
}
