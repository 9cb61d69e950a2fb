import type { Replayed } from './replay.js'
import type { DiffReport, Routes } from './report.js'
import type { When } from './when.js'

/** How many of each are written out before the rest is only counted. */
export const MOST = { routes: 5, numbers: 6, calls: 4, facts: 12, replayed: 20 }

/** The answer in one line. */
export function headline(report: DiffReport): string {
  const { differences, settings, unsure, listedUntil, replay } = report
  if (!report.callsChange) return 'no call changes'
  const counts = [
    ...(differences.length > 0
      ? [`${count(differences.length, 'difference')} for ${count(routesOf(differences), 'route')}`]
      : []),
    ...(settings.length > 0 ? [count(settings.length, 'setting')] : []),
    ...(unsure.length > 0 ? [`${count(unsure.length, 'route')} that may differ`] : []),
    ...(replay ? [`${replay.changed.length} of ${count(replay.calls, 'recorded call')}`] : []),
  ]
  return `calls change: ${counts.join(', ')}; times are listed until ${listedUntil.slice(0, 10)}`
}

/** A route counts once, whatever it was called before; what none claims counts as one. */
function routesOf(differences: DiffReport['differences']): number {
  return new Set(differences.flatMap(({ affected }) => affected.map(({ route }) => route.new || route.old)))
    .size
}

/** `1 route`, `2 routes` */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** For a difference that no call was found to show. */
export const NO_EXAMPLE = 'may differ: no call was found that shows it'

/** `route berlin`, or `route berlin, now no route`. */
export function routeText({ old, new: other }: Routes['route']): string {
  const [from, to] = [old, other].map((name) => (name === '' ? 'no route' : `route ${name}`))
  return from === to ? from! : `${from}, now ${to}`
}

/** The first of the numbers, and how many more there are. */
export function numbersText(numbers: readonly string[]): string {
  return shortened(numbers, MOST.numbers, 'number').join(', ')
}

/** `from +1900*; 268 times, first Fri 2026-11-20 17:00-18:00` */
export function whenText({ if: conditions, times }: When): string {
  const who = conditions.length > 0 ? conditions.join('; ') : 'every caller'
  if (!times) return `${who}, at any time`
  const { count: number, first, zone } = times
  return `${who}; ${count(number, 'time')} (${zone}): ${first.join(', ')}${number > first.length ? ', …' : ''}`
}

/** The first of them, and how many more there are. */
export function shortened(texts: readonly string[], most: number, what: string): string[] {
  if (texts.length <= most) return [...texts]
  return [...texts.slice(0, most), `and ${count(texts.length - most, what)} more`]
}

/** `replayed 3 calls, 2 changed; 1 line skipped that told of none` */
export function replayText({ calls, skipped, changed }: Replayed): string {
  const passedOver = skipped > 0 ? `; ${count(skipped, 'line')} skipped that told of none` : ''
  return `replayed ${count(calls, 'call')}, ${changed.length} changed${passedOver}`
}
