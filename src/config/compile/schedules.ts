import { below, type Item, type Origin } from '../../errors/origin.js'
import type { Reporter } from '../../errors/problem.js'
import { reportUnknown } from '../../errors/references.js'
import type { Work } from '../../model/compile-context.js'
import { type NamedReference, NamedReferences } from '../../model/named-references.js'
import { parseCalendar } from '../../schedule/calendar/calendar.js'
import {
  type Closing,
  isCalendarFile,
  mergeClosings,
  type Opening,
  parseClosing,
  parseOpening,
  type Schedule,
} from '../../schedule/schedule.js'
import { parseTimezone } from '../../schedule/timezone.js'
import { type ConfigSource, readFile } from '../config-source.js'
import type { NamedFile } from '../documents.js'
import type { ScheduleSource } from '../schema/root.js'

/** What schedules are compiled with: the others, for `{ schedule: NAME }`, and the files next to the config. */
interface ScheduleContext {
  readonly sources: ReadonlyMap<string, Item<ScheduleSource>>
  fileNamedAt(origin: Origin, name: string): NamedFile
  readonly configSource: ConfigSource
  readonly report: Reporter
  /** Schedules whose exceptions another one takes over: they are in use. */
  readonly lent: Set<string>
  readonly references: NamedReferences
  /** Calendars that were read already, by path and time zone. */
  readonly calendars: Map<string, ReturnType<typeof parseCalendar>>
  readonly work: Work
}

/** Compiles the schedules by name. Schedules that take over the dates of each other in a circle are reported. */
export function compileSchedules(given: Omit<ScheduleContext, 'references'>): Map<string, Schedule> {
  const { sources, report } = given
  const references = new NamedReferences('schedules', (name) => lendersOf(name, sources), report)
  const schedules = new Map<string, Schedule>()
  for (const name of sources.keys())
    if (references.leads(undefined, name)) compileSchedule(name, schedules, { ...given, references })
  return schedules
}

function lendersOf(name: string, sources: ScheduleContext['sources']): NamedReference[] {
  const { value, origin } = sources.get(name)!
  return (value.closed ?? []).flatMap((entry, at) =>
    typeof entry !== 'string' && sources.has(entry.schedule)
      ? { to: entry.schedule, origin: below(origin, 'closed', at, 'schedule') }
      : [],
  )
}

function compileSchedule(name: string, done: Map<string, Schedule>, context: ScheduleContext): Schedule {
  const earlier = done.get(name)
  if (earlier) return earlier
  const { value, origin } = context.sources.get(name)!
  const zone = parseTimezone(value.timezone)
  context.report.addAll(zone.problems, below(origin, 'timezone'))
  const timezone = zone.value ?? 'UTC'
  const lenders: Schedule[] = []
  const own = (value.closed ?? []).flatMap((entry, at) => {
    const here = below(origin, 'closed', at)
    if (typeof entry === 'string') return closingsOf(entry, here, timezone, context)
    const lender = lenderOf(entry.schedule, name, done, below(here, 'schedule'), context)
    if (lender) lenders.push(lender)
    return []
  })
  const closings = mergeClosings(own, lenders)
  context.work.add(closings.length, origin)
  const schedule = {
    name,
    timezone,
    openings: openingsOf(value.open, below(origin, 'open'), context),
    closings,
  }
  done.set(name, schedule)
  return schedule
}

function openingsOf(written: readonly string[], origin: Origin, { report }: ScheduleContext): Opening[] {
  return written.flatMap((text, at) => {
    const { value, problems } = parseOpening(text)
    report.addAll(problems, below(origin, at))
    return value ?? []
  })
}

function closingsOf(text: string, origin: Origin, timezone: string, context: ScheduleContext): Closing[] {
  const { value, problems } = isCalendarFile(text)
    ? readCalendar(text, origin, timezone, context)
    : parseClosing(text)
  context.report.addAll(problems, origin)
  return value ? [value] : []
}

function readCalendar(
  written: string,
  origin: Origin,
  timezone: string,
  { fileNamedAt, configSource, calendars }: ScheduleContext,
) {
  const { path, name } = fileNamedAt(origin, written)
  const key = `${path}\0${timezone}`
  const earlier = calendars.get(key)
  if (earlier) return earlier
  const { value: text, problems } = readFile(path, name, configSource)
  if (text === undefined) return { value: undefined, problems }
  const calendar = parseCalendar(text, name, timezone)
  calendars.set(key, calendar)
  return calendar
}

function lenderOf(
  name: string,
  within: string,
  done: Map<string, Schedule>,
  origin: Origin,
  context: ScheduleContext,
): Schedule | undefined {
  context.lent.add(name)
  if (context.sources.has(name))
    return context.references.leads(within, name) ? compileSchedule(name, done, context) : undefined
  context.lent.add(reportUnknown('schedule', name, context.sources, context.report, origin))
  return undefined
}
