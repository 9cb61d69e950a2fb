import { representativeInstants } from '../schedule/changes.js'
import type { Schedule } from '../schedule/schedule.js'
import { scheduleState } from '../schedule/state.js'
import type { Cell, Domain } from './domain.js'
import type { Literal } from './formula.js'
import { scheduleKey } from './schedule-key.js'

/** A time in which none of the schedules opens or closes; it ends where the next begins. */
export interface Stretch {
  /** Epoch milliseconds. */
  readonly from: number
  readonly until: number
  /** The cell that it belongs to, by its place in the domain. */
  readonly cell: number
}

/** The times of a comparison: cells, the first instant of each standing for it, and when each of them is. */
export interface Times {
  readonly domain: Domain
  readonly stretches: readonly Stretch[]
}

type TimeLiteral = Extract<Literal, { asks: 'time' }>

/** Follows the schedules of all literals from one instant to another. */
export function timesOf(
  literals: readonly { readonly key: string; readonly literal: TimeLiteral }[],
  from: number,
  until: number,
): Times {
  const schedules = new Map(
    literals.flatMap(({ literal }) => literal.schedules).map((schedule) => [scheduleKey(schedule), schedule]),
  )
  const cells = new Map<string, number>()
  const domain: Cell[] = []
  const stretches: Stretch[] = []
  for (const { at, open, until: end } of states(schedules, from, until)) {
    const held = literals
      .filter(({ literal }) => literal.schedules.some((schedule) => open.has(scheduleKey(schedule))))
      .map(({ key }) => key)
    const name = held.join('\n')
    const cell = cells.get(name) ?? domain.length
    if (cell === domain.length) domain.push({ value: String(at), holds: new Set(held) })
    cells.set(name, cell)
    stretches.push({ from: at, until: end, cell })
  }
  return { domain, stretches }
}

/** The schedules that are open, from each instant at which one of them changes. */
function* states(
  schedules: ReadonlyMap<string, Schedule>,
  from: number,
  until: number,
): Generator<{ at: number; until: number; open: ReadonlySet<string> }> {
  const changes = [...schedules].flatMap(([key, schedule]) =>
    representativeInstants(schedule, from, until)
      .slice(1)
      .map((at) => ({ at, key })),
  )
  changes.sort((a, b) => a.at - b.at)
  const open = new Set(
    [...schedules].filter(([, schedule]) => scheduleState(schedule, from).open).map(([key]) => key),
  )
  let at = from
  for (const change of [...changes, { at: until, key: '' }]) {
    if (change.at > at) yield { at, until: change.at, open }
    at = change.at
    if (!open.delete(change.key)) open.add(change.key)
  }
}
