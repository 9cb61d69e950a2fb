import type { Schedule } from '../schedule/schedule.js'
import { type Cell, type Domain, domainOf } from './domain.js'
import type { Keyed, Literal, TimelessLiteral } from './formula.js'
import { scheduleKey } from './schedule-key.js'
import {
  changesOf,
  heldWith,
  type Stretch,
  type TimeChange,
  type TimeLiteral,
  type Times,
  timesOf,
} from './times.js'

/** Everything that the literals of a comparison ask, cut into cells. */
export interface Cells {
  readonly domains: ReadonlyMap<Literal['asks'], Domain>
  /** When each cell of `time` is. */
  readonly stretches: readonly Stretch[]
}

type Literals = ReadonlyMap<Literal['asks'], readonly Keyed[]>

/** Makes a function that cuts times between two instants, and the rest. Keeps what is dear: many routes ask the same. */
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
          keep(domains, keyOf(asked), () => domainOf(asked as readonly Keyed<TimelessLiteral>[])),
        )
    }
    const asked = literals.get('time') as readonly Keyed<TimeLiteral>[] | undefined
    if (!asked) return { domains: found, stretches: [] }
    const make = () => timesOf(asked, from, until, (schedule) => changesUpTo(schedule, until))
    const { domain, stretches } = keep(times, `${until} ${keyOf(asked)}`, make)
    return { domains: found.set('time', domain), stretches }
  }

  function changesUpTo(schedule: Schedule, until: number): readonly TimeChange[] {
    return keep(changes, `${until} ${scheduleKey(schedule)}`, () => changesOf(schedule, from, until))
  }
}

function keyOf(asked: readonly Keyed[]): string {
  return asked
    .map(({ key }) => key)
    .sort()
    .join('\n')
}

function keep<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make()
  kept.set(key, value)
  return value
}

/** With more schedules their combinations are too many to write out. */
const MOST_SCHEDULES = 6

/** The same with schedules open and closed in every combination, whether there is such a time or not. */
export function atNoTime({ domains, stretches }: Cells, time: readonly Keyed[]): Cells | undefined {
  const asked = time as readonly Keyed<TimeLiteral>[]
  const schedules = [...new Set(asked.flatMap(({ literal }) => literal.schedules.map(scheduleKey)))]
  if (schedules.length > MOST_SCHEDULES) return undefined
  const combinations = Array.from({ length: 2 ** schedules.length }, (_, bits): Cell => {
    const open = new Set(schedules.filter((_key, at) => bits & (1 << at)))
    return { value: '', holds: heldWith(open, asked) }
  })
  return { domains: new Map(domains).set('time', combinations), stretches }
}
