import type { Calendar } from '../../routes/admin/calendar.js'
import { dateAfter, dateOf, entryOf, minuteOf, type Span } from './days.js'

/** What a day of a schedule is like: closed by its weekly hours, open, with special hours, or a holiday. */
export type DayKind = 'closed' | 'open' | 'special' | 'holiday'

/** The days of a year by their date. */
export function kindsOf({ from, until, spans }: Calendar): ReadonlyMap<string, DayKind> {
  const kinds = new Map<string, DayKind>()
  for (const span of spans)
    for (let date = dateOf(span.from); date <= lastDate(span); date = dateAfter(date, 1))
      kinds.set(date, together(kinds.get(date), kindOf(span)))
  // an answer that was cut says nothing of the rest
  return new Map([...kinds].filter(([date]) => dateOf(from) <= date && date < dateOf(until)))
}

function kindOf({ schedules }: Span): DayKind {
  const { open, special } = schedules[0]!
  if (special) return open ? 'special' : 'holiday'
  return open ? 'open' : 'closed'
}

/** A day that has several: what names dates says more, and so does what is open. */
function together(one: DayKind | undefined, other: DayKind): DayKind {
  const pair = [one ?? other, other]
  if (pair.includes('special')) return 'special'
  if (pair.includes('holiday')) return pair.includes('open') ? 'special' : 'holiday'
  return pair.includes('open') ? 'open' : 'closed'
}

/** A span that ends at midnight is not on the next day. */
function lastDate({ until }: Span): string {
  return minuteOf(until) === 0 ? dateAfter(dateOf(until), -1) : dateOf(until)
}

/** A holiday, or special hours: the entry of the config, and from when until when it counts. */
export interface Special {
  readonly entry: string
  readonly from: string
  readonly until: string
  readonly isOpen: boolean
}

/** Those of a year that are not over, the next one first. */
export function specialsAhead({ spans, now }: Calendar): Special[] {
  const all: Special[] = []
  for (const { from, until, schedules } of spans) {
    const { special, because, open } = schedules[0]!
    if (!special || Date.parse(until) <= Date.parse(now)) continue
    const last = all.at(-1)
    const entry = entryOf(because)
    if (last?.until === from && last.entry === entry)
      all[all.length - 1] = { ...last, until, isOpen: last.isOpen || open }
    else all.push({ entry, from, until, isOpen: open })
  }
  return all
}
