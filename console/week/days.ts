import type { Calendar } from '../../routes/admin/calendar.js'

export type Span = Calendar['spans'][number]

/** A part of a day in which the same becomes of a call. Minutes are those of the wall clock, from midnight on. */
export interface Block {
  readonly from: number
  readonly until: number
  readonly span: Span
  /** The instant at which it begins, ISO 8601. */
  readonly at: string
}

export interface Day {
  /** `2026-12-24` */
  readonly date: string
  readonly blocks: readonly Block[]
  /** The holidays and special hours of the day, in the words of the config. */
  readonly special: readonly string[]
}

const DAY_MS = 86_400_000
export const DAY_MINUTES = 1440
const OUTSIDE = /^outside /

/** The days of a week with what becomes of a call in them, by the clock of the answer. */
export function daysOf({ from, until, spans }: Calendar): Day[] {
  const days: Day[] = []
  for (let date = dateOf(from); date < dateOf(until); date = dateAfter(date, 1)) {
    const blocks = spans.flatMap((span) => blockOn(date, span) ?? [])
    days.push({ date, blocks: joined(blocks), special: specialOf(blocks) })
  }
  return days
}

/** The part of a span that is on a day; undefined if none is. */
function blockOn(date: string, span: Span): Block | undefined {
  const [first, last] = [dateOf(span.from), dateOf(span.until)]
  if (date < first || date > last) return undefined
  const from = date === first ? minuteOf(span.from) : 0
  const until = date === last ? endOn(from, span) : DAY_MINUTES
  return until > from
    ? { from, until, span, at: date === first ? span.from : instantOn(date, 0, span) }
    : undefined
}

/** Where the clock goes back within a span it may end before it began: then its length counts. */
function endOn(from: number, { from: begin, until: end }: Span): number {
  const until = minuteOf(end)
  if (until > from || dateOf(begin) < dateOf(end)) return until
  return Math.min(DAY_MINUTES, from + (Date.parse(end) - Date.parse(begin)) / 60_000)
}

/** A minute of a day as an instant within a span: the offset is that of the nearer end. */
export function instantOn(date: string, minute: number, { from, until }: Span): string {
  const offset = (date === dateOf(from) ? from : until).slice(19)
  return `${date}T${clock(Math.min(minute, DAY_MINUTES - 1))}:00${offset}`
}

/** Blocks that follow each other and differ only in what the schedules say are one to those who call. */
function joined(blocks: readonly Block[]): Block[] {
  const all: Block[] = []
  for (const block of blocks) {
    const last = all.at(-1)
    if (last?.until === block.from && fateOf(last.span) === fateOf(block.span)) {
      const span = { ...last.span, until: block.span.until }
      all[all.length - 1] = { ...last, until: block.until, span }
    } else all.push(block)
  }
  return all
}

/** What becomes of a call, and what is set by hand. */
function fateOf({ call, schedules, override }: Span): string {
  return JSON.stringify([call?.route, call?.rule, call?.says, override, schedules.filter(isSet)])
}

function isSet({ overridden }: Span['schedules'][number]): boolean {
  return overridden
}

/** What names dates, once: a schedule that takes over the dates of another says `12-25 of office`. */
function specialOf(blocks: readonly Block[]): string[] {
  const reasons = blocks.flatMap(({ span }) =>
    span.schedules.flatMap(({ special, because }) => (special ? [because] : [])),
  )
  const entries = [...new Set(reasons.map(entryOf))]
  return entries.filter((entry) => !entries.some((other) => entry.startsWith(`${other} of `)))
}

/** The entry of a schedule that a reason speaks of: `outside 2026-12-23 10:00-12:00` and `closed 12-25` name one. */
export function entryOf(because: string): string {
  return because.replace(OUTSIDE, '').replace(/^closed /, '')
}

/** `2026-12-24` of an instant, by the clock in which it is written. */
export function dateOf(instant: string): string {
  return instant.slice(0, 10)
}

/** Minutes since midnight. */
export function minuteOf(instant: string): number {
  return Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16))
}

/** `09:05`; the end of a day is `24:00`. */
export function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

/** `2027-01-02` for three days after `2026-12-30`. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

const WRITTEN = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})

/** `Thu, 24 Dec` */
export function dayText(date: string): string {
  return WRITTEN.format(Date.parse(date))
}
