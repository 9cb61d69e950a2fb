import { type Fault, pathText } from '../src/fault/fault.js'
import { isFault, placeText } from '../src/fault/print.js'
import { visible } from '../src/fault/visible.js'
import { seenFromHere } from './config-file.js'

/** A config that a command cannot use: one line for stderr, exit 2. */
export class UnusableConfig extends Error {}

/** Says the first fault with its place and cure, and how to see the others. */
export function unusable(faults: readonly Fault[], file: string): UnusableConfig {
  const [first, ...others] = seenFromHere(faults.filter(isFault), file)
  const { place, path, message, cure } = first!
  const where = path.length > 0 ? `${placeText(place)} ${pathText(path)}` : placeText(place)
  const how = cure === undefined || message.endsWith('?') ? '' : `; ${cure}`
  const more = others.length === 0 ? '' : ` (and ${others.length} more; dialsip check ${file} shows them)`
  return new UnusableConfig(visible(`${where}: ${message}${how}${more}`))
}
