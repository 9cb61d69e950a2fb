import type { TimeQuestion } from '../conditions/condition.js'
import { dateOf } from '../schedule/days.js'
import type { Schedule } from '../schedule/schedule.js'
import { representativeInstants, scheduleState } from '../schedule/state.js'
import { type Cell, type Domain, domainOf } from './cells.js'
import { type Keyed, type Literal, scheduleKey, type TimelessLiteral } from './formula.js'

/** The partition of each thing that the literals of a comparison ask. */
export interface Cells {
  readonly domains: ReadonlyMap<Literal['asks'], Domain>
  /** When each cell of `time` is. */
  readonly stretches: readonly Stretch[]
}

type Literals = ReadonlyMap<Literal['asks'], readonly Keyed[]>

/**
 * Makes a function that cuts all that literals ask into cells, times from `from` on. Its results are cached, since
 * many routes ask the same.
 */
export function cellCutter(from: number): (literals: Literals, until: number) => Cells {
  const domains = new Map<string, Domain>()
  const times = new Map<string, Times>()
  const changes = new Map<string, readonly TimeChange[]>()
  return function cut(literals, until) {
    const found = new Map<Literal['asks'], Domain>()
    for (const [asks, asked] of literals) {
      if (asks !== 'time')
        found.set(
          asks,
          cached(domains, keyOf(asked), () => domainOf(asked as readonly Keyed<TimelessLiteral>[])),
        )
    }
    const asked = literals.get('time') as readonly Keyed<TimeLiteral>[] | undefined
    if (!asked) return { domains: found, stretches: [] }
    const make = () => timesOf(asked, from, until, (schedule) => changesUpTo(schedule, until))
    const { domain, stretches } = cached(times, `${until} ${keyOf(asked)}`, make)
    return { domains: found.set('time', domain), stretches }
  }

  function changesUpTo(schedule: Schedule, until: number): readonly TimeChange[] {
    return cached(changes, `${until} ${scheduleKey(schedule)}`, () => changesOf(schedule, from, until))
  }
}

function keyOf(asked: readonly Keyed[]): string {
  return asked
    .map(({ key }) => key)
    .sort()
    .join('\n')
}

function cached<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make()
  kept.set(key, value)
  return value
}

/** More schedules would have too many combinations. */
const MOST_SCHEDULES = 6

/** The same cells, with schedules open and closed in every combination, whether such a time exists or not. */
export function anyCombination({ domains, stretches }: Cells, time: readonly Keyed[]): Cells | undefined {
  const asked = time as readonly Keyed<TimeLiteral>[]
  const schedules = [...new Set(asked.flatMap(({ literal }) => literal.schedules.map(scheduleKey)))]
  if (schedules.length > MOST_SCHEDULES) return undefined
  const combinations = Array.from({ length: 2 ** schedules.length }, (_, bits): Cell => {
    const open = new Set(schedules.filter((_key, at) => bits & (1 << at)))
    return { value: '', holds: holdingWith(open, asked) }
  })
  return { domains: new Map(domains).set('time', combinations), stretches }
}

/** A stretch of time in which no schedule opens or closes; it ends where the next one begins. */
export interface Stretch {
  /** Epoch milliseconds. */
  readonly from: number
  readonly until: number
  /** The index of its cell in the domain. */
  readonly cell: number
}

/** The partition of time: its cells, each with its first instant as the value, and when each of them is. */
interface Times {
  readonly domain: Domain
  readonly stretches: readonly Stretch[]
}

export type TimeLiteral = TimeQuestion

/** An instant at which the schedule with this key opens or closes. */
interface TimeChange {
  readonly at: number
  readonly key: string
}

/** Every change of a schedule between two instants. */
function changesOf(schedule: Schedule, from: number, until: number): TimeChange[] {
  const key = scheduleKey(schedule)
  const [, ...changes] = representativeInstants(schedule, from, until)
  return changes.map((at) => ({ at, key }))
}

/** Follows the schedules of all literals from one instant to another. */
function timesOf(
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
    const holds = holdingWith(open, literals)
    const name = [...holds].join('\n')
    const cell = cells.get(name) ?? domain.push({ value: String(instant), holds }) - 1
    cells.set(name, cell)
    return cell
  }
}

/** The literals that hold while these schedules are open. */
function holdingWith(open: ReadonlySet<string>, asked: readonly Keyed<TimeLiteral>[]): Set<string> {
  const held = asked.filter(({ literal }) => literal.schedules.some((one) => open.has(scheduleKey(one))))
  return new Set(held.map(({ key }) => key))
}

/** The last year in the dates of a schedule; 0 without dates. After it only weekdays and yearly dates decide. */
export function lastYear({ openings, closings }: Schedule): number {
  const days = [...openings, ...closings].flatMap((entry) => {
    if ('days' in entry) return entry.days.kind === 'dates' ? [entry.days.last] : []
    return [...entry.local, ...entry.absolute].map(({ until }) => Math.floor(until / 1440))
  })
  return days.reduce((last, day) => Math.max(last, dateOf(day).year), 0)
}
