import type { DialEntry, Hop } from '../model/config.js'

/** Every hop that the steps of a dial can come to, those of its splits included. */
export function hopsIn(steps: readonly DialEntry[]): Hop[] {
  return steps.flatMap((step) => ('hop' in step ? step.hop : step.choices.flatMap(({ hops }) => hops)))
}
