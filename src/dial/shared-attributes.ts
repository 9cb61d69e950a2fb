import type { Attributes } from '../model/config.js'
import type { Layer } from './layers.js'

interface Branch {
  attributes?: Attributes
  readonly next: Map<string, Branch>
}

/** Attributes by the settings that they were made of: a thousand dials with the same settings hold them once. */
export class SharedAttributes {
  readonly #root: Branch = { next: new Map() }

  /** What was made of the same settings before, or is made now. `names` are the settings that count. */
  of(layers: readonly Layer[], names: ReadonlySet<string>, make: () => Attributes): Attributes {
    let branch = this.#root
    for (const { value } of layers)
      for (const key in value) if (names.has(key)) branch = follow(follow(branch, key), String(value[key]))
    branch.attributes ??= make()
    return branch.attributes
  }
}

function follow({ next }: Branch, step: string): Branch {
  const known = next.get(step)
  if (known) return known
  const branch: Branch = { next: new Map() }
  next.set(step, branch)
  return branch
}
