import { below, type Item, type Origin } from '../errors/origin.js'
import type { Attributes } from '../model/config.js'
import { type Attribute, attributesBy } from '../twilio/attributes.js'

/** Settings of a dial written at one place: next to a hop, next to the dial, or under `defaults`. */
export type Layer = Item<Readonly<Record<string, unknown>>>

/** A setting, by the first layer that has it. */
export function settingIn(layers: readonly Layer[], key: string): unknown {
  for (const { value } of layers) if (value[key] !== undefined) return value[key]
  return undefined
}

/** Where a setting that one of the layers has was written. */
export function placeIn(layers: readonly Layer[], key: string): Origin {
  const layer = layers.find(({ value }) => value[key] !== undefined)!
  return below(layer.origin, key)
}

/** The attributes of a table that are set in one of the layers. */
export function attributesIn(layers: readonly Layer[], table: readonly Attribute[]): Attributes {
  return attributesBy((name) => settingIn(layers, name), table)
}

interface Branch {
  attributes?: Attributes
  readonly next: Map<string, Branch>
}

/** Attributes by the settings that they were made of: a thousand dials with the same settings hold them once. */
export class SharedAttributes {
  readonly #root: Branch = { next: new Map() }

  /** The attributes that were made of the same settings before, or `make()`. `names` are the settings that count. */
  of(layers: readonly Layer[], names: ReadonlySet<string>, make: () => Attributes): Attributes {
    let branch = this.#root
    for (const { value } of layers)
      for (const key in value)
        if (names.has(key)) branch = branchOf(branchOf(branch, key), String(value[key]))
    branch.attributes ??= make()
    return branch.attributes
  }
}

function branchOf({ next }: Branch, step: string): Branch {
  const known = next.get(step)
  if (known) return known
  const branch: Branch = { next: new Map() }
  next.set(step, branch)
  return branch
}
