import type { TimeQuestion } from '../conditions/condition.js'
import type { Schedule } from '../schedule/schedule.js'
import { representativeInstants, scheduleState } from '../schedule/state.js'
import type { Cell, Domain } from './domain.js'
import type { Keyed } from './formula.js'
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

export type TimeLiteral = TimeQuestion

/** An instant at which a schedule, known by its key, opens or closes. */
export interface TimeChange {
  readonly at: number
  readonly key: string
}

/** Every change of a schedule after one instant and before another. */
export function changesOf(schedule: Schedule, from: number, until: number): TimeChange[] {
  const key = scheduleKey(schedule)
  const [, ...changes] = representativeInstants(schedule, from, until)
  return changes.map((at) => ({ at, key }))
}

/** Follows the schedules of all literals from one instant to another. */
export function timesOf(
  literals: readonly Keyed<TimeLiteral>[],
  from: number,
  until: number,
  changesIn: (schedule: Schedule) => readonly TimeChange[],
): Times {
  const schedules = new Map(
    literals.flatMap(({ literal }) => literal.schedules).map((schedule) => [scheduleKey(schedule), schedule]),
  )
  const changes = [...schedules.values()].flatMap(changesIn).sort((a, b) => a.at - b.at)
  const open = new Set([...schedules].flatMap(([key, one]) => (scheduleState(one, from).open ? key : [])))
  const cells = new Map<string, number>()
  const domain: Cell[] = []
  const stretches: Stretch[] = []
  let at = from
  for (const change of [...changes, { at: until, key: '' }]) {
    if (change.at > at) stretches.push({ from: at, until: change.at, cell: cellOf(at) })
    at = change.at
    if (!open.delete(change.key)) open.add(change.key)
  }
  return { domain, stretches }

  function cellOf(instant: number): number {
    const holds = heldWith(open, literals)
    const name = [...holds].join('\n')
    const cell = cells.get(name) ?? domain.push({ value: String(instant), holds }) - 1
    cells.set(name, cell)
    return cell
  }
}

/** The literals that hold while these schedules are open. */
export function heldWith(open: ReadonlySet<string>, asked: readonly Keyed<TimeLiteral>[]): Set<string> {
  const held = asked.filter(({ literal }) => literal.schedules.some((one) => open.has(scheduleKey(one))))
  return new Set(held.map(({ key }) => key))
}
