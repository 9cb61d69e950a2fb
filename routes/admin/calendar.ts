import { z } from 'zod'
import type { Call } from '../../src/call/call.js'
import { noneCalled } from '../../src/errors/suggest.js'
import { type CalendarSpan, callCalendar, schedulesFor } from '../../src/explain/call-calendar.js'
import { readScenario, SOMEBODY } from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { dayNumber, daysSince, parseDates } from '../../src/schedule/days.js'
import { commonTimezone, dayStart, instantText } from '../../src/schedule/instant.js'
import type { Schedule } from '../../src/schedule/schedule.js'
import { nextChange, scheduleStretches } from '../../src/schedule/state.js'
import { parseTimezone } from '../../src/schedule/timezone.js'
import { whole } from '../../src/schema/scalars.js'
import { secretMasker } from '../../src/sip/masker.js'
import type { Service } from '../service.js'
import { orBadRequest } from './explain.js'
import { inSlices } from './in-slices.js'
import { type Plain, serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { refusal } from './read-request.js'

const calendarQuery = z.strictObject({
  to: z.string('one text').optional().describe('The called number; this, or `schedule`'),
  from: z.string('one text').optional().describe(`The caller, or \`anonymous\`; default: ${SOMEBODY}`),
  account: z.string('one text').optional().describe('The account that calls, by name or SID'),
  week: z
    .string('one text')
    .optional()
    .describe('A day, `2026-12-24`: its week from Monday on; default: the week of now'),
  schedule: z.string('one text').optional().describe('A schedule, for a year'),
  year: whole(2000, 2199).optional().describe('Default: the year of now'),
  timezone: z
    .string('one text')
    .optional()
    .describe(
      'In which days begin; default: that of the schedules that are asked, if they have the same, else UTC',
    ),
})

const instant = z.iso.datetime({ offset: true })

const calendarSpan = z
  .object({
    from: instant,
    until: instant.describe('The next span begins with it'),
    call: z
      .object({
        route: z.string(),
        rule: z.string(),
        reason: z.string(),
        says: z.string().describe('`dial frankfurt, then dublin`, `say "We are closed"`'),
        hops: z.array(z.string()).describe('In the order in which they ring'),
        otherwise: z.string().optional().describe('What follows when none of them takes the call'),
      })
      .optional()
      .describe('What becomes of the call while the endpoints are up; missing for a schedule'),
    schedules: z.array(
      z.object({
        schedule: z.string(),
        open: z.boolean(),
        because: z.string().describe('The entry that says so'),
        special: z.boolean().describe('Whether that entry names dates: a holiday, or special hours'),
        overridden: z.boolean().describe('Whether an operator has set it'),
      }),
    ),
    override: z.string().optional().describe('What an operator has set the route to'),
  })
  .meta({ id: 'CalendarSpan' })

const calendarAnswer = z
  .object({
    revision: z.string().describe('Of the config'),
    timezone: z.string().describe('By its clock the times are'),
    schedulesTimezone: z
      .string()
      .optional()
      .describe('That of the schedules that are asked; missing where they have several, or none is asked'),
    now: instant,
    from: instant,
    until: instant,
    nextChange: z
      .object({ at: instant, schedule: z.string(), open: z.boolean() })
      .optional()
      .describe(
        'The first after now at which a schedule that is asked opens or closes by its hours, within 400 days',
      ),
    spans: z.array(calendarSpan),
    more: z.boolean().describe('Whether there are more spans than the 2,000 that are here'),
  })
  .meta({ id: 'Calendar' })

/** Who rings when, over a week or a year. */
/** Who rings when, over a week or a year. */
export type Calendar = Plain<z.output<typeof calendarAnswer>>
type Query = z.output<typeof calendarQuery>

const MOST_SPANS = 2_000

/** `GET /api/calendar`: who rings when for a number over a week, or the hours of a schedule over a year. */
export const calendarApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/calendar',
      id: 'getCalendar',
      tag: 'server',
      summary: 'Who rings when: what becomes of calls to a number over a week, or a schedule over a year',
      query: calendarQuery,
      answer: { description: 'Spans of time, one after the other', schema: calendarAnswer },
    },
    ({ query }) => {
      const { config } = service.active
      const { to, schedule } = query
      if ((to === undefined) === (schedule === undefined)) throw refusal(400, 'write either to or schedule')
      return to === undefined
        ? yearOf(schedule!, query, service)
        : weekOf(callTo(to, query, config), query, service)
    },
  )
  done()
}

function callTo(to: string, { from = SOMEBODY, account }: Query, config: Config): Call {
  const params = { To: to, From: from }
  return orBadRequest(() => readScenario(config, { params, account }, 0, ALL_UP)).call
}

async function weekOf(call: Call, { week, timezone }: Query, service: Service): Promise<Calendar> {
  const { config } = service.active
  const schedules = schedulesFor(config, call).map((name) => config.schedules.get(name)!)
  const zone = zoneOf(timezone, schedules)
  const now = service.now()
  const day = week === undefined ? dayOf(instantText(now, zone)) : dayOf(week)
  const monday = day - daysSince(1, day)
  const span = { from: dayStart(monday, zone), until: dayStart(monday + 7, zone) }
  const mask = secretMasker(config.secrets)
  const spans = callCalendar(config, call, span, service.overrides.list(now))
  return calendarOf(spans, { ...span, zone, now, schedules, config }, (one) => callShown(one, mask))
}

function callShown({ call, schedules, override }: CalendarSpan, mask: (text: string) => string) {
  const { says, hops, otherwise, reason, ...rest } = call
  return {
    call: {
      ...rest,
      reason: mask(reason),
      says: mask(says),
      hops: hops.map(mask),
      otherwise: otherwise && mask(otherwise),
    },
    schedules,
    override,
  }
}

function yearOf(name: string, { year, timezone }: Query, service: Service): Promise<Calendar> {
  const { config } = service.active
  const schedule = config.schedules.get(name)
  if (!schedule) throw refusal(400, noneCalled('schedule', name, config.schedules.keys()))
  const zone = zoneOf(timezone, [schedule])
  const now = service.now()
  const asked = year ?? Number(instantText(now, zone).slice(0, 4))
  const [from, until] = [asked, asked + 1].map((one) => dayStart(dayNumber(one, 1, 1), zone)) as [
    number,
    number,
  ]
  const around = { from, until, zone, now, schedules: [schedule], config }
  return calendarOf(scheduleStretches(schedule, from, until), around, ({ open, because, special }) => ({
    schedules: [{ schedule: name, open, because, special, overridden: false }],
  }))
}

interface Around extends Pick<CalendarSpan, 'from' | 'until'> {
  readonly zone: string
  readonly now: number
  readonly schedules: readonly Schedule[]
  readonly config: Config
}

async function calendarOf<S extends Pick<CalendarSpan, 'from' | 'until'>>(
  found: Iterable<S>,
  { from, until, zone, now, schedules, config }: Around,
  shown: (span: S) => Omit<Calendar['spans'][number], 'from' | 'until'>,
): Promise<Calendar> {
  const text = (at: number) => instantText(at, zone)
  const spans: Calendar['spans'][number][] = []
  let more = false
  await inSlices(firstOf(found), (span) => {
    more = spans.length === MOST_SPANS
    if (!more) spans.push({ from: text(span.from), until: text(span.until), ...shown(span) })
  })
  const next = nextOf(schedules, now)
  return {
    revision: config.revision,
    timezone: zone,
    schedulesTimezone: commonTimezone(schedules),
    now: text(now),
    from: text(from),
    until: text(until),
    nextChange: next && { ...next, at: text(next.at) },
    spans,
    more,
  }
}

/** One more than is shown. */
function* firstOf<S>(spans: Iterable<S>): Generator<S> {
  let count = 0
  for (const span of spans) {
    yield span
    count += 1
    if (count > MOST_SPANS) return
  }
}

function nextOf(schedules: readonly Schedule[], now: number) {
  const changes = schedules.flatMap((schedule) => {
    const change = nextChange(schedule, now)
    return change ? [{ ...change, schedule: schedule.name }] : []
  })
  return changes.sort((a, b) => a.at - b.at)[0]
}

function zoneOf(asked: string | undefined, schedules: readonly Schedule[]): string {
  const zone = parseTimezone(asked ?? commonTimezone(schedules) ?? 'UTC')
  if (zone.value === undefined) throw refusal(400, `timezone: ${zone.problems[0]!.message}`)
  return zone.value
}

/** The day that a text begins with. Throws a refusal for one that names no single day. */
function dayOf(text: string): number {
  const { value, problems } = parseDates(text.slice(0, 10))
  if (value?.kind === 'dates' && value.first === value.last) return value.first
  throw refusal(
    400,
    `week: ${problems[0]?.message ?? `"${text}" is not a day`}; write one such as 2026-12-24`,
  )
}
