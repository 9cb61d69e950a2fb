import fc from 'fast-check'

/** An entry of a schedule in loose parts, from which its text is written and its meaning read in another way. */
interface EntrySpec {
  kind: 'weekly' | 'dates' | 'yearly'
  /** Weekday names, or first and last date as text. */
  days: string[]
  windows: [from: string, until: string][]
}

export interface ScheduleSpec {
  open: EntrySpec[]
  closed: EntrySpec[]
  written: { open: string[]; closed: string[] }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))

const windowArbitrary = fc
  .tuple(clock, fc.oneof({ weight: 4, arbitrary: clock }, fc.constant('24:00')))
  .filter(([from, until]) => from !== until)

const windows = fc.array(windowArbitrary, { maxLength: 2 })

/** Days on which the clock changes, in 2026, and one on which it never does. */
const CLOCK_CHANGES: [timezone: string, days: string[]][] = [
  ['Europe/Berlin', ['2026-03-29', '2026-10-25', '2026-12-31']],
  ['America/New_York', ['2026-03-08', '2026-11-01']],
  ['America/Santiago', ['2026-04-04', '2026-09-06']],
  ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
  ['Pacific/Chatham', ['2026-04-05', '2026-09-27']],
  ['Asia/Kathmandu', ['2026-03-29', '2028-02-29']],
]

const ZONE_DAYS = CLOCK_CHANGES.flatMap(([timezone, days]) =>
  days.map((day) => ({ timezone, day: Date.parse(day) })),
)

/** A zone, and noon in UTC of a day on which something happens to its clock. */
export const zoneDays = fc.constantFrom(
  ...ZONE_DAYS.map(({ timezone, day }) => ({ timezone, noon: day + 43_200_000 })),
)

/** A date near one of those days. */
const date = fc
  .tuple(fc.constantFrom(...ZONE_DAYS), fc.integer({ min: -2, max: 2 }))
  .map(([{ day }, ahead]) => new Date(day + ahead * 86_400_000).toISOString().slice(0, 10))

const weekly = fc.record({
  kind: fc.constant('weekly' as const),
  days: fc.subarray(WEEKDAYS, { minLength: 1 }),
  windows,
})

const dates = fc.record({
  kind: fc.constant('dates' as const),
  days: fc.oneof(
    date.map((day) => [day, day]),
    fc.tuple(date, date).map((days) => days.sort()),
  ),
  windows,
})

const yearly = fc.record({
  kind: fc.constant('yearly' as const),
  days: fc
    .oneof(
      date.map((day) => [day, day]),
      fc.tuple(date, date),
    )
    .map((days) => days.map((day) => day.slice(5))),
  windows,
})

export const specArbitrary: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    open: fc.array(fc.oneof({ weight: 3, arbitrary: weekly }, dates, yearly), { minLength: 1, maxLength: 5 }),
    closed: fc.array(fc.oneof(dates, yearly), { maxLength: 2 }),
  })
  .map((spec) => ({ ...spec, written: { open: spec.open.map(write), closed: spec.closed.map(write) } }))

function write({ kind, days, windows }: EntrySpec): string {
  const [first, last] = days
  const named = kind === 'weekly' ? days.join(',') : first === last ? first : `${first}..${last}`
  return [named, windows.map((window) => window.join('-')).join(',')].join(' ').trim()
}

/** Whether a schedule is open, by texts of dates and times only. */
export function naiveOpen(spec: ScheduleSpec, timezone: string, now: number): boolean {
  const { date, time } = wallClock(timezone, now)
  const before = new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
  if (spec.closed.some((entry) => fallsOn(entry, date) && holds(entry, time))) return false
  if (spec.closed.some((entry) => fallsOn(entry, before) && runsOn(entry, time))) return false
  return (
    inForce(spec, date).some((entry) => holds(entry, time)) ||
    inForce(spec, before).some((entry) => runsOn(entry, time))
  )
}

function wallClock(timeZone: string, now: number): { date: string; time: string } {
  const parts = Object.fromEntries(
    formatter(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  const digits = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  } as const
  const known =
    formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...digits })
  formatters.set(timeZone, known)
  return known
}

function inForce({ open }: ScheduleSpec, date: string): EntrySpec[] {
  const precise = (entry: EntrySpec) =>
    `${entry.kind} ${entry.kind !== 'weekly' && entry.days[0] === entry.days[1]}`
  const order = ['dates true', 'dates false', 'yearly true', 'yearly false', 'weekly false']
  const fitting = open.filter((entry) => fallsOn(entry, date))
  const best = order.find((level) => fitting.some((entry) => precise(entry) === level))
  return fitting.filter((entry) => precise(entry) === best)
}

function fallsOn({ kind, days }: EntrySpec, date: string): boolean {
  if (kind === 'weekly') return days.includes(WEEKDAYS[new Date(date).getUTCDay()]!)
  const [first, last] = days as [string, string]
  const place = kind === 'dates' ? date : date.slice(5)
  return first <= last ? first <= place && place <= last : place >= first || place <= last
}

/** Whether a window holds a time of the day on which it begins. */
function holds({ windows }: EntrySpec, time: string): boolean {
  return (
    windows.length === 0 || windows.some(([from, until]) => from <= time && (time < until || until < from))
  )
}

/** Whether a window of the day before runs on until after a time. */
function runsOn({ windows }: EntrySpec, time: string): boolean {
  return windows.some(([from, until]) => until < from && time < until)
}
