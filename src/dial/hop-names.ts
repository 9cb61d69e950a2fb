import type { DialAction, Hop } from '../model/config.js'

/** Every hop that a dial can come to, those of its splits included. */
export function allHops(dial: DialAction): Hop[] {
  return dial.steps.flatMap((step) =>
    'hop' in step ? step.hop : step.choices.flatMap((choice) => choice.hops),
  )
}

export function hopNames(dial: DialAction): string[] {
  return allHops(dial).map((hop) => hop.name)
}
