import { below, type Item, type Origin } from '../../errors/origin.js'
import { circle, meantName, unknownName } from '../../errors/references.js'
import type { Reporter } from '../../errors/reporter.js'
import { parseCalendar } from '../../schedule/calendar/calendar.js'
import { type Closing, isCalendarFile, mergeClosings, parseClosing } from '../../schedule/closing.js'
import { type Opening, parseOpening } from '../../schedule/opening.js'
import type { Schedule } from '../../schedule/schedule.js'
import { parseTimezone } from '../../schedule/timezone.js'
import type { ConfigSource } from '../config-source.js'
import type { NamedFile } from '../documents.js'
import { readFile } from '../read-file.js'
import type { ScheduleSource } from '../schema/schedule.js'

/** What schedules are compiled with: the others, for `{ schedule: NAME }`, and the files beside the config. */
export interface ScheduleContext {
  readonly sources: ReadonlyMap<string, Item<ScheduleSource>>
  fileNamedAt(origin: Origin, name: string): NamedFile
  readonly surroundings: ConfigSource
  readonly report: Reporter
  /** Schedules whose exceptions another one takes over: they are in use. */
  readonly lent: Set<string>
}

export function compileSchedules(context: ScheduleContext): Map<string, Schedule> {
  const schedules = new Map<string, Schedule>()
  for (const name of context.sources.keys()) compileSchedule(name, schedules, [], context)
  return schedules
}

function compileSchedule(
  name: string,
  done: Map<string, Schedule>,
  trail: readonly string[],
  context: ScheduleContext,
): Schedule {
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
    const lender = lenderOf(entry.schedule, done, [...trail, name], below(here, 'schedule'), context)
    if (lender) lenders.push(lender)
    return []
  })
  const schedule = {
    name,
    timezone,
    openings: openingsOf(value.open, below(origin, 'open'), context),
    closings: mergeClosings(own, lenders),
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
  { fileNamedAt, surroundings }: ScheduleContext,
) {
  const { path, name } = fileNamedAt(origin, written)
  const { value: text, problems } = readFile(path, name, surroundings)
  return text === undefined ? { value: undefined, problems } : parseCalendar(text, name, timezone)
}

function lenderOf(
  name: string,
  done: Map<string, Schedule>,
  trail: readonly string[],
  origin: Origin,
  context: ScheduleContext,
): Schedule | undefined {
  context.lent.add(name)
  if (trail.includes(name)) {
    context.report.add(circle('schedules', [...trail, name]), origin)
    return undefined
  }
  if (context.sources.has(name)) return compileSchedule(name, done, trail, context)
  context.report.add(unknownName('schedule', name, context.sources.keys()), origin)
  context.lent.add(meantName('schedule', name, context.sources.keys()) ?? name)
  return undefined
}
