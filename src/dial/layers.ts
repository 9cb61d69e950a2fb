import type { Item } from '../errors/origin.js'
import { below, type Origin } from '../errors/origin.js'
import type { Attributes } from '../model/config.js'
import type { Attribute } from '../twilio/attributes.js'

/** Settings of a dial that stand at one place: beside a hop, beside the dial, or under `defaults`. */
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

/** The attributes of a table that are set, as the text that goes into the TwiML. */
export function attributesIn(layers: readonly Layer[], table: readonly Attribute[]): Attributes {
  const attributes: Record<string, string> = {}
  for (const { name } of table) {
    const value = settingIn(layers, name)
    if (value !== undefined) attributes[name] = Array.isArray(value) ? value.join(' ') : String(value)
  }
  return attributes
}
