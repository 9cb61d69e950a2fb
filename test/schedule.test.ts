import fc from 'fast-check'
import ICAL from 'ical.js'
import t from 'tap'
import type { Parsed } from '../src/errors/problem.js'
import { type CalendarClosing, parseCalendar } from '../src/schedule/calendar/calendar.js'
import { HORIZON, recurrenceDays } from '../src/schedule/calendar/recurrence.js'
import { ruleOf } from '../src/schedule/calendar/rule.js'
import { dayNumber } from '../src/schedule/days.js'
import { dayStart, parseInstant } from '../src/schedule/instant.js'
import {
  isCalendarFile,
  mergeClosings,
  parseClosing,
  parseOpening,
  type Schedule,
} from '../src/schedule/schedule.js'
import { describeState, nextChange, representativeInstants, scheduleState } from '../src/schedule/state.js'
import { parseTimezone } from '../src/schedule/timezone.js'
import { cases } from './harness/cases.js'
import { naiveOpen, specArbitrary, zoneDays } from './oracles/schedule.js'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface Written {
  name?: string
  timezone?: string
  open?: string[]
  closed?: (string | CalendarClosing)[]
}

/** A schedule as the config would write it. */
function schedule({
  name = 'office',
  timezone = 'Europe/Berlin',
  open = [],
  closed = [],
}: Written): Schedule {
  const closings = closed.map((entry) => (typeof entry === 'string' ? read(parseClosing(entry)) : entry))
  return { name, timezone, openings: open.map((entry) => read(parseOpening(entry))), closings }
}

function read<T>({ value, problems }: Parsed<T>): T {
  if (value === undefined) throw new Error(problems.map(({ message }) => message).join('; '))
  return value
}

/** Every problem of what could not be read, as `code: message -> help`. */
function problemsOf({ value, problems }: Parsed<unknown>): string {
  if (value !== undefined) throw new Error('it was read')
  return problems.map(({ code, message, help }) => `${code}: ${message} -> ${help}`).join('; ')
}

function at(text: string, timezone = 'Europe/Berlin'): number {
  return read(parseInstant(text, timezone))
}

/** `20 09:00 open, 20 18:00 closed`: the changes of some hours by the wall clock, days of the month before times. */
function changesOf(schedule: Schedule, from: string, hours: number): string {
  const first = at(from, schedule.timezone)
  const instants = representativeInstants(schedule, first, first + hours * 60 * MINUTE)
  return instants
    .map((instant) => `${wallClock(schedule, instant)} ${openOrClosed(schedule, instant)}`)
    .join(', ')
}

function openOrClosed(schedule: Schedule, instant: number): string {
  return scheduleState(schedule, instant).open ? 'open' : 'closed'
}

function wallClock({ timezone }: Schedule, instant: number): string {
  return new Date(instant)
    .toLocaleString('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
    .slice(8)
}

/** The rows of a table whose cells are parted by bars. */
function rows<Row extends string[]>(table: string): Row[] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim()) as Row)
}

t.test('openings hold within their windows only', async (t) => {
  // 2026-11-16 is a Monday.
  const table = rows<[open: string, openAt: string, closedAt: string]>(`
    mon-fri 09:00-18:00 | 2026-11-16T09:00 2026-11-20T17:59:59.999 | 2026-11-16T08:59:59.999 2026-11-16T18:00 2026-11-21T12:00
    mon,wed,fri 09:00-18:00 | 2026-11-18T12:00 | 2026-11-17T12:00
    sat-mon 10:00-11:00 | 2026-11-21T10:30 2026-11-22T10:30 2026-11-23T10:30 | 2026-11-20T10:30 2026-11-24T10:30
    Monday-FRI 09:00-18:00 | 2026-11-20T12:00 | 2026-11-22T12:00
    mon-mon 09:00-18:00 | 2026-11-16T12:00 | 2026-11-17T12:00
    mon - fri  09:00 - 12:00 , 13:00-18:00 | 2026-11-16T11:59 | 2026-11-16T12:30
    daily 09:00-18:00 | 2026-11-22T12:00 | 2026-11-22T19:00
    fri 22:00-02:00 | 2026-11-20T23:00 | 2026-11-20T01:00 2026-11-21T02:00 2026-11-21T23:00
    fri 18:00-00:00 | 2026-11-20T23:59:59 | 2026-11-21T00:00
    fri 18:00-24:00 | 2026-11-20T23:59:59 | 2026-11-21T00:00
    fri | 2026-11-20T00:00 | 2026-11-19T23:59 2026-11-21T00:00
    2026-11-21 | 2026-11-21T00:00 | 2026-11-20T12:00 2026-11-22T00:00
    2026-11-21..2026-11-22 10:00-14:00 | 2026-11-21T10:00 | 2026-11-23T10:00
    11-21 10:00-14:00 | 2026-11-21T10:00 2031-11-21T10:00 | 2026-11-22T10:00
    12-30..01-02 10:00-14:00 | 2026-12-31T10:00 2027-01-02T10:00 | 2027-01-03T10:00 2026-12-29T10:00
    02-29 10:00-14:00 | 2028-02-29T10:00 | 2027-02-28T10:00 2027-03-01T10:00
    02-29..03-01 10:00-14:00 | 2028-02-29T10:00 2027-03-01T10:00 | 2027-02-28T10:00`)
  for (const [open, openAt, closedAt] of table) {
    const hours = schedule({ open: [open] })
    for (const text of openAt.split(' '))
      t.equal(scheduleState(hours, at(text)).open, true, `${open} at ${text}`)
    for (const text of closedAt.split(' '))
      t.equal(scheduleState(hours, at(text)).open, false, `${open} at ${text}`)
  }
  t.equal(scheduleState(schedule({ open: ['Always'] }), 0).open, true)
})

t.test('special hours take the place of weekly hours', async (t) => {
  const table = rows<[day: string, changes: string]>(`
    2026-12-24 | 24 00:00 closed, 24 09:00 open, 24 12:00 closed
    2027-12-24 | 24 00:00 closed, 24 09:00 open, 24 14:00 closed
    2026-12-23 | 23 00:00 closed, 23 10:00 open, 23 15:00 closed
    2026-12-28 | 28 00:00 closed, 28 10:00 open, 28 16:00 closed
    2026-12-18 | 18 00:00 open, 18 02:00 closed, 18 09:00 open, 18 18:00 closed`)
  const hours = schedule({
    open: [
      'mon-fri 09:00-18:00',
      'thu 20:00-02:00',
      '12-24 09:00-14:00',
      '12-20..01-06 10:00-16:00',
      '2026-12-21..2026-12-24 10:00-15:00',
      '2026-12-24 09:00-12:00',
    ],
  })
  for (const [day, changes] of table) t.equal(changesOf(hours, `${day}T00:00`, 24), changes, day)
})

t.test('a closed date wins over every opening', async (t) => {
  const table = rows<[closed: string, changes: string]>(`
    2026-12-25 | 24 20:00 open, 25 00:00 closed, 26 00:00 open
    2026-12-25..2026-12-26 | 24 20:00 open, 25 00:00 closed
    12-25 | 24 20:00 open, 25 00:00 closed, 26 00:00 open
    12-24..12-25 | 24 20:00 closed, 26 00:00 open
    12-25..01-06 | 24 20:00 open, 25 00:00 closed
    2026-12-25 14:00-24:00 | 24 20:00 open, 25 14:00 closed, 26 00:00 open
    12-24 22:00-02:00 | 24 20:00 open, 24 22:00 closed, 25 02:00 open
    12-25 01:00-02:00,03:00-04:00 | 24 20:00 open, 25 01:00 closed, 25 02:00 open, 25 03:00 closed, 25 04:00 open
    02-29 | 24 20:00 open`)
  for (const [closed, changes] of table) {
    const hours = schedule({ open: ['always', '2026-12-25 00:00-24:00'], closed: [closed] })
    t.equal(changesOf(hours, '2026-12-24T20:00', 48), changes, closed)
  }
  const night = schedule({ open: ['thu 22:00-06:00'], closed: ['2026-12-25'] })
  t.equal(changesOf(night, '2026-12-24T20:00', 48), '24 20:00 closed, 24 22:00 open, 25 00:00 closed')
})

t.test('the reason is in the words of the operator', async (t) => {
  const table = rows<[at: string, because: string]>(`
    2026-11-20T10:00 | mon-fri 09:00-18:00
    2026-11-21T01:00 | fri 22:00-02:00
    2026-11-20T20:00 | outside mon-fri 09:00-18:00, sat 10:00-14:00, fri 22:00-02:00
    2026-12-24T10:00 | 2026-12-24 09:00-12:00
    2026-12-24T13:00 | outside 2026-12-24 09:00-12:00
    2026-12-26T10:00 | closed 2026-12-26..2027-01-01
    2027-12-26T10:00 | closed 12-26`)
  const open = ['mon-fri  09:00-18:00', 'sat 10:00-14:00', 'fri 22:00-02:00', '2026-12-24 09:00-12:00']
  const hours = schedule({ open, closed: ['2026-12-26..2027-01-01', '12-26'] })
  for (const [text, because] of table) t.equal(scheduleState(hours, at(text)).because, because, text)
  t.equal(scheduleState(schedule({ open: ['12-24'] }), at('2026-11-20T10:00')).because, 'outside 12-24')
  t.equal(scheduleState(schedule({}), at('2026-11-20T10:00')).because, 'it has no opening hours')
})

t.test('windows follow the wall clock when it changes', async (t) => {
  // In Santiago midnight itself is skipped, and 23:00 to 24:00 occurs twice.
  const table = rows<[timezone: string, open: string, from: string, changes: string]>(`
    Europe/Berlin | sun 01:00-02:30 | 2026-03-29T00:00 | 29 00:00 closed, 29 01:00 open, 29 03:00 closed
    Europe/Berlin | sun 02:15-02:45 | 2026-03-29T00:00 | 29 00:00 closed
    Europe/Berlin | sun 02:30-03:30 | 2026-03-29T00:00 | 29 00:00 closed, 29 03:00 open, 29 03:30 closed
    Europe/Berlin | sun 02:15-02:45 | 2026-10-25T00:00 | 25 00:00 closed, 25 02:15 open, 25 02:45 closed, 25 02:15 open, 25 02:45 closed
    Europe/Berlin | sat 22:00-02:30 | 2026-10-25T00:00 | 25 00:00 open, 25 02:30 closed, 25 02:00 open, 25 02:30 closed
    America/New_York | sun 01:30-02:30 | 2026-03-08T00:00 | 08 00:00 closed, 08 01:30 open, 08 03:00 closed
    America/New_York | sun 00:30-01:30 | 2026-11-01T00:00 | 01 00:00 closed, 01 00:30 open, 01 01:30 closed, 01 01:00 open, 01 01:30 closed
    Australia/Lord_Howe | sun 01:40-02:10 | 2026-10-04T00:00 | 04 00:00 closed, 04 01:40 open, 04 02:30 closed
    Australia/Lord_Howe | sun 01:40-01:50 | 2026-04-05T00:00 | 05 00:00 closed, 05 01:40 open, 05 01:50 closed, 05 01:40 open, 05 01:50 closed
    America/Santiago | sun 00:30-02:00 | 2026-09-05T12:00 | 05 12:00 closed, 06 01:00 open, 06 02:00 closed
    America/Santiago | sat 23:00-23:30 | 2026-04-04T00:00 | 04 00:00 closed, 04 23:00 open, 04 23:30 closed, 04 23:00 open, 04 23:30 closed
    Asia/Kathmandu | sun 09:00-18:00 | 2026-11-22T00:00 | 22 00:00 closed, 22 09:00 open, 22 18:00 closed`)
  for (const [timezone, open, from, changes] of table) {
    t.equal(changesOf(schedule({ timezone, open: [open] }), from, 36), changes, `${timezone}: ${open}`)
  }
})

t.test('offsets of 30 and 45 minutes count', async (t) => {
  const kathmandu = schedule({ timezone: 'Asia/Kathmandu', open: ['daily 09:00-18:00'] })
  t.equal(scheduleState(kathmandu, at('2026-11-20T03:15Z')).open, true)
  t.equal(scheduleState(kathmandu, at('2026-11-20T03:14:59Z')).open, false)
  const adelaide = schedule({ timezone: 'Australia/Adelaide', open: ['daily 09:00-18:00'] })
  t.strictSame(nextChange(adelaide, at('2026-06-20T00:00Z')), { at: at('2026-06-20T08:30Z'), open: false })
})

t.test('an opening in other words is an error', async (t) => {
  const table = rows<[text: string, problem: string]>(`
    mon-fri 25:00-26:00 | schedule-window: there is no time 25:00 in a day -> write a time from 00:00 to 24:00
    mon 10:00-24:01 | schedule-window: there is no time 24:01 in a day -> write a time from 00:00 to 24:00
    mon 10:60-11:00 | schedule-window: there is no time 10:60 in a day -> write a time from 00:00 to 24:00
    fri 24:00-02:00 | schedule-window: 24:00-02:00 begins at 24:00, which can only be an end -> begin at 00:00 of the next day
    fri 09:00-09:00 | schedule-window: 09:00-09:00 ends when it begins, so it holds no time -> write 00:00-24:00 for the whole day
    mon 9-18 | schedule-window: "9-18" is not a time from HH:MM to HH:MM -> write 09:00-18:00
    mon 9am-5:30pm | schedule-window: "9am-5:30pm" is not a time from HH:MM to HH:MM -> write 09:00-17:30
    mon 0900-18.30 | schedule-window: "0900-18.30" is not a time from HH:MM to HH:MM -> write 09:00-18:30
    mon 9:00 | schedule-window: "9:00" is not a time from HH:MM to HH:MM -> write times such as 09:00-18:00
    mon 9-noon | schedule-window: "9-noon" is not a time from HH:MM to HH:MM -> write times such as 09:00-18:00
    mon 30-40 | schedule-window: "30-40" is not a time from HH:MM to HH:MM -> write times such as 09:00-18:00
    9-12,13-18 | schedule-window: "9-12,13-18" has no days before its times -> write daily 09:00-12:00,13:00-18:00; in a [list], quote an entry that holds a comma
    mon\u2013fri 09:00\u201418:00 | schedule-window: "mon\u2013fri 09:00\u201418:00" holds a sign that only looks like - or .. -> write mon-fri 09:00-18:00
    mon 09:00-12:00 13:00-18:00 | schedule-window: "mon 09:00-12:00 13:00-18:00" has more than two parts, days and times -> write days and times such as mon-fri 09:00-12:00,13:00-18:00
    always 09:00-10:00 | schedule-window: "always 09:00-10:00" has times, and always has none -> write daily 09:00-10:00
    mo-fr 09:00-18:00 | schedule-window: there is no day "mo"; did you mean "mon"? -> write mon
    wendesday | schedule-window: there is no day "wendesday"; did you mean "wednesday"? -> write wednesday
    Weekdays | schedule-window: there is no day "Weekdays"; did you mean "mon-fri"? -> write mon-fri
    constructor | schedule-window: there is no day "constructor" -> write days such as mon-fri, mon,wed, daily, 2026-12-24 or 12-24
    daily,mon | schedule-window: "daily,mon" names other days next to daily, which is all of them -> write daily
    mon-daily | schedule-window: "mon-daily" is not days from one weekday to another -> write mon-fri
    mon-wed-fri | schedule-window: "mon-wed-fri" is not days from one weekday to another -> write mon-fri
    2026-02-30 09:00-12:00 | schedule-date: 2026-02-30 does not exist: 2026-02 has 28 days -> write 2026-02-28 at most`)
  for (const [text, problem] of table) t.equal(problemsOf(parseOpening(text)), problem, text)
  t.match(problemsOf(parseOpening('')), /^schedule-window: the entry is empty/)
  t.match(
    problemsOf(parseOpening('mno 9-18')),
    /no day "mno".*"9-18" is not/,
    'days and times are both reported',
  )
})

t.test('a closing in other words is an error', async (t) => {
  const table = rows<[text: string, problem: string]>(`
    2026-02-30 | schedule-date: 2026-02-30 does not exist: 2026-02 has 28 days -> write 2026-02-28 at most
    2026-02-29 | schedule-date: 2026-02-29 does not exist: 2026-02 has 28 days -> write 2026-02-28 at most
    02-30 | schedule-date: 02-30 does not exist: 02 has 29 days -> write 02-29 at most
    12-00 | schedule-date: 12-00 does not exist: 12 has 31 days -> write 12-31 at most
    13-01 | schedule-date: 13-01 does not exist: months go from 01 to 12 -> write FORMS
    00-01 | schedule-date: 00-01 does not exist: months go from 01 to 12 -> write FORMS
    2027-01-01..2026-12-26 | schedule-date: 2027-01-01..2026-12-26 ends before it begins -> write 2026-12-26..2027-01-01
    2026-12-24..12-26 | schedule-date: one end of 2026-12-24..12-26 has a year and the other has none -> write the year at both ends, or at none
    12-24..2026-12-26 | schedule-date: one end of 12-24..2026-12-26 has a year and the other has none -> write the year at both ends, or at none
    12-24..12-25..12-26 | schedule-date: "12-24..12-25..12-26" is not a date -> write FORMS
    2026-12-26-2027-01-01 | schedule-date: "2026-12-26-2027-01-01" is not a date -> write 2026-12-26..2027-01-01
    2026-12-26\u20132027-01-01 | schedule-date: "2026-12-26\u20132027-01-01" holds a sign that only looks like - or .. -> write 2026-12-26..2027-01-01
    12-24\u202612-26 | schedule-date: "12-24\u202612-26" holds a sign that only looks like - or .. -> write 12-24..12-26
    25.12.2026 | schedule-date: "25.12.2026" is not a date -> write 2026-12-25
    25.12. | schedule-date: "25.12." is not a date -> write 12-25
    2026/1/5 | schedule-date: "2026/1/5" is not a date -> write 2026-01-05
    2026/2/30 | schedule-date: "2026/2/30" is not a date -> write FORMS
    christmas! | schedule-date: "christmas!" is not a date -> write FORMS
    sat-sun | schedule-date: closed takes dates; "sat-sun" is not one -> leave weekdays out of open instead
    2026-12-24 14-24 | schedule-window: "14-24" is not a time from HH:MM to HH:MM -> write 14:00-24:00`)
  const forms = '2026-12-25, 2026-12-24..2027-01-01, 12-25 or 12-24..12-26'
  for (const [text, problem] of table)
    t.equal(problemsOf(parseClosing(text)), problem.replace('FORMS', forms), text)
  t.match(problemsOf(parseClosing(' ')), /^schedule-date: the entry is empty/)
})

t.test('time zones are IANA names and links', async (t) => {
  const table = rows<[text: string, timezone: string]>(`
    Europe/Berlin | Europe/Berlin
    europe/berlin | Europe/Berlin
    US/Eastern | US/Eastern
    Asia/Kathmandu | Asia/Kathmandu
    utc | UTC
    GB | GB
    Japan | Japan`)
  for (const [text, timezone] of table)
    t.strictSame(parseTimezone(` ${text} `), { value: timezone, problems: [] }, text)
})

t.test('any other time zone is an error', async (t) => {
  const table = rows<[text: string, problem: string]>(`
    +02:00 | "+02:00" is a fixed offset, which knows no summer time -> write the place, such as Europe/Berlin, or UTC
    UTC+2 | "UTC+2" is a fixed offset, which knows no summer time -> write the place, such as Europe/Berlin, or UTC
    CEST | "CEST" is an abbreviation, which does not say when the clock changes -> write Europe/Berlin
    BST | "BST" is an abbreviation, which does not say when the clock changes -> write Europe/London
    PST8PDT | "PST8PDT" is an abbreviation, which does not say when the clock changes -> write America/Los_Angeles
    XYZ | "XYZ" is an abbreviation, which does not say when the clock changes -> write a place, such as Europe/Berlin
    Europe/Berln | there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"? -> write Europe/Berlin
    New York | there is no time zone "New York"; did you mean "America/New_York"? -> write America/New_York
    Middle-earth/Shire | there is no time zone "Middle-earth/Shire" -> write an IANA time zone such as Europe/Berlin`)
  for (const [text, problem] of table) t.equal(problemsOf(parseTimezone(text)), `time-zone: ${problem}`, text)
})

t.test('the next change is the instant of opening or closing', async (t) => {
  const table = rows<[open: string, closed: string, from: string, next: string, state: string]>(`
    mon-fri 09:00-18:00 | 02-29 | 2026-11-20T10:00 | 2026-11-20T18:00 | closed
    mon-fri 09:00-18:00 | 02-29 | 2026-11-20T09:00 | 2026-11-20T18:00 | closed
    mon-fri 09:00-18:00 | 02-29 | 2026-11-20T08:59:59.999 | 2026-11-20T09:00 | open
    mon-fri 09:00-18:00 | 02-29 | 2026-11-20T18:00 | 2026-11-23T09:00 | open
    mon-fri 09:00-12:00,12:00-18:00 | 02-29 | 2026-11-20T10:00 | 2026-11-20T18:00 | closed
    fri-sat | 02-29 | 2026-11-20T10:00 | 2026-11-22T00:00 | closed
    fri 22:00-02:00 | 02-29 | 2026-11-20T23:00 | 2026-11-21T02:00 | closed
    always | 2026-12-25 | 2026-11-20T10:00 | 2026-12-25T00:00 | closed
    always | 2026-12-25 | 2026-12-25T10:00 | 2026-12-26T00:00 | open
    12-24 09:00-10:00 | 02-29 | 2026-12-24T10:00 | 2027-12-24T09:00 | open
    sun 02:30-04:00 | 02-29 | 2026-03-29T00:00 | 2026-03-29T03:00 | open`)
  for (const [open, closed, from, next, state] of table) {
    const change = nextChange(schedule({ open: [open], closed: [closed] }), at(from))
    t.strictSame(change, { at: at(next), open: state === 'open' }, `${open} at ${from}`)
  }
  t.equal(nextChange(schedule({ open: ['always'] }), at('2026-11-20T10:00')), undefined)
  t.equal(
    nextChange(schedule({ open: ['2030-01-01'] }), at('2026-11-20T10:00')),
    undefined,
    'it looks 400 days ahead',
  )
})

t.test('representative instants begin with the first', async (t) => {
  const hours = schedule({ open: ['daily 09:00-18:00'] })
  const [from, closes, opens] = [at('2026-11-20T10:00:30'), at('2026-11-20T18:00'), at('2026-11-21T09:00')]
  t.strictSame(representativeInstants(hours, from, opens), [from, closes])
  t.strictSame(representativeInstants(hours, from, opens + 1), [from, closes, opens])
  t.strictSame(representativeInstants(hours, from, from), [])
})

t.test('the state is said in one line', async (t) => {
  const table = rows<[at: string, line: string]>(`
    2026-11-20T15:50 | open (mon-fri 09:00-18:00), closes at 18:00, in 2 h 10 min
    2026-11-20T15:50:30 | open (mon-fri 09:00-18:00), closes at 18:00, in 2 h 10 min
    2026-11-20T17:59:30 | open (mon-fri 09:00-18:00), closes at 18:00, in 1 min
    2026-11-20T17:00 | open (mon-fri 09:00-18:00), closes at 18:00, in 1 h
    2026-11-20T18:00 | closed (outside mon-fri 09:00-18:00, sat 10:00-14:00), opens Sat 10:00, in 16 h
    2026-11-21T14:00 | closed (outside mon-fri 09:00-18:00, sat 10:00-14:00), opens Mon 09:00, in 1 day 19 h
    2026-12-25T10:00 | closed (2026-12-25), opens 2027-01-02 10:00, in 8 days
    2026-12-27T06:05 | closed (2026-12-26..2027-01-01), opens Sat 10:00, in 6 days 3 h`)
  const closed = ['2026-12-25', '2026-12-26..2027-01-01']
  const hours = schedule({ open: ['mon-fri 09:00-18:00', 'sat 10:00-14:00'], closed })
  for (const [text, line] of table) t.equal(describeState(hours, at(text)), line, text)
  t.equal(describeState(schedule({ open: ['always'] }), 0), 'open (always), no change in 400 days')
})

t.test('instants are ISO 8601 with an offset or zone', async (t) => {
  const table = rows<[text: string, instant: string]>(`
    2026-11-20T10:00:00+01:00 | 2026-11-20T09:00:00.000Z
    2026-11-20T10:00:00-0330 | 2026-11-20T13:30:00.000Z
    2026-11-20 10:00z | 2026-11-20T10:00:00.000Z
    2026-11-20T10:00:01.2894Z | 2026-11-20T10:00:01.289Z
    2026-11-20T10:00 | 2026-11-20T09:00:00.000Z
    2026-07-20T10:00:59 | 2026-07-20T08:00:59.000Z
    2026-03-29T03:00 | 2026-03-29T01:00:00.000Z
    2026-10-25T03:00 | 2026-10-25T02:00:00.000Z
    2028-02-29T00:00Z | 2028-02-29T00:00:00.000Z`)
  for (const [text, instant] of table) t.equal(new Date(at(text)).toISOString(), instant, text)
})

t.test('a time that is no instant is an error', async (t) => {
  const table = rows<[text: string, timezone: string, problem: string]>(`
    tomorrow | UTC | "tomorrow" is not a time of ISO 8601 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-11-20 | UTC | "2026-11-20" is not a time of ISO 8601 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-13-20T10:00Z | UTC | there is no date 2026-13-20 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-02-29T10:00Z | UTC | there is no date 2026-02-29 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-11-20T24:00Z | UTC | 2026-11-20T24:00Z holds no time of day -> write a time from 00:00:00 to 23:59:59
    2026-11-20T10:60Z | UTC | 2026-11-20T10:60Z holds no time of day -> write a time from 00:00:00 to 23:59:59
    2026-11-20T10:00:60Z | UTC | 2026-11-20T10:00:60Z holds no time of day -> write a time from 00:00:00 to 23:59:59
    2026-11-20T10:00+25:00 | UTC | there is no offset +25:00 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-11-20T10:00+01:60 | UTC | there is no offset +01:60 -> write a time such as 2026-11-20T10:00:00+01:00
    2026-11-20T10:00 |  | 2026-11-20T10:00 has no offset -> write 2026-11-20T10:00Z, or an offset such as +01:00
    2026-03-29T02:30 | Europe/Berlin | the clock of Europe/Berlin skips 2026-03-29T02:30, as it goes forward -> write a time that it shows
    2026-10-25T02:30 | Europe/Berlin | the clock of Europe/Berlin shows 2026-10-25T02:30 twice, as it goes back -> write 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00
    2026-11-01T01:30 | America/St_Johns | the clock of America/St_Johns shows 2026-11-01T01:30 twice, as it goes back -> write 2026-11-01T01:30-02:30 or 2026-11-01T01:30-03:30`)
  for (const [text, timezone, problem] of table) {
    t.equal(problemsOf(parseInstant(text, timezone || undefined)), `instant-format: ${problem}`, text)
  }
})

t.test('closings are taken over from other schedules', async (t) => {
  const germany = schedule({ name: 'germany', timezone: 'UTC', closed: ['12-25'] })
  const bavaria = schedule({ name: 'bavaria', closed: ['01-06'] })
  const lender = { ...bavaria, closings: mergeClosings(bavaria.closings, [germany]) }
  const own = schedule({ open: ['always'], closed: ['12-31'] })
  const hours = { ...own, closings: mergeClosings(own.closings, [lender]) }
  t.equal(scheduleState(hours, at('2026-12-31T12:00')).because, 'closed 12-31')
  t.equal(scheduleState(hours, at('2027-01-06T12:00')).because, 'closed 01-06 of bavaria')
  t.equal(
    scheduleState(hours, at('2026-12-25T00:00')).because,
    'closed 12-25 of germany',
    'by the clock of the borrower',
  )
  t.equal(scheduleState(hours, at('2026-12-26T00:00')).open, true)
})

/** A calendar of the given components, as read. */
function calendar(...components: string[]): CalendarClosing {
  return read(parseCalendar(ics(...components), 'holidays.ics', 'Europe/Berlin'))
}

function ics(...components: string[]): string {
  return lines('BEGIN:VCALENDAR', 'VERSION:2.0', ...components, 'END:VCALENDAR', '')
}

function event(...properties: string[]): string {
  return lines('BEGIN:VEVENT', 'UID:1', 'SUMMARY:Day off', ...properties, 'END:VEVENT')
}

function lines(...texts: string[]): string {
  return texts.join('\r\n')
}

/** The properties of a table cell. */
function properties(cell: string): string[] {
  return cell.split(' ')
}

function observance(name: string, start: string, offsets: [string, string], rule: string): string {
  const [from, to] = offsets
  return lines(
    `BEGIN:${name}`,
    `DTSTART:${start}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `RRULE:${rule}`,
    `END:${name}`,
  )
}

/** A zone as Outlook writes it, from a year on. */
function outlookZone(year: string): string {
  const winter = observance(
    'STANDARD',
    `${year}1001T030000`,
    ['+0200', '+0100'],
    'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  )
  const summer = observance(
    'DAYLIGHT',
    `${year}0301T020000`,
    ['+0100', '+0200'],
    'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  )
  return lines('BEGIN:VTIMEZONE', 'TZID:Outlook', winter, summer, 'END:VTIMEZONE')
}

t.test('a calendar closes while one of its events is on', async (t) => {
  const table = rows<[event: string, day: string, changes: string]>(`
    DTSTART;VALUE=DATE:20261120 DTEND;VALUE=DATE:20261122 | 2026-11-20 | 20 00:00 closed, 22 00:00 open
    DTSTART;VALUE=DATE:20261120 DTEND;VALUE=DATE:20261120 | 2026-11-20 | 20 00:00 closed, 21 00:00 open
    DTSTART;VALUE=DATE:20261120 DURATION:P1W | 2026-11-26 | 26 00:00 closed, 27 00:00 open
    DTSTART:20261120 | 2026-11-20 | 20 00:00 closed, 21 00:00 open
    DTSTART:20261120 DTEND:20261122 | 2026-11-20 | 20 00:00 closed, 22 00:00 open
    DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20261120 | 2026-11-20 | 20 00:00 closed, 21 00:00 open
    DTSTART;TZID="Europe/Berlin":20261120 | 2026-11-20 | 20 00:00 closed, 21 00:00 open
    DTSTART;VALUE=DATE:20261120 TRANSP:TRANSPARENT | 2026-11-20 | 20 00:00 closed, 21 00:00 open
    DTSTART;VALUE=DATE:20261120 STATUS:CANCELLED | 2026-11-20 | 20 00:00 open
    DTSTART:20261120T120000Z DTEND:20261120T130000Z | 2026-11-20 | 20 00:00 open, 20 13:00 closed, 20 14:00 open
    DTSTART;TZID=America/New_York:20261120T090000 DURATION:PT90M | 2026-11-20 | 20 00:00 open, 20 15:00 closed, 20 16:30 open
    DTSTART:20261120T090000 DURATION:P1DT1H | 2026-11-20 | 20 00:00 open, 20 09:00 closed, 21 10:00 open
    DTSTART:20261120T120030Z DURATION:PT15S | 2026-11-20 | 20 00:00 open, 20 13:00 closed, 20 13:01 open
    DTSTART:20261120T120000Z | 2026-11-20 | 20 00:00 open
    DTSTART;TZID=Outlook:20260720T090000 DURATION:PT1H | 2026-07-20 | 20 00:00 open, 20 09:00 closed, 20 10:00 open
    DTSTART;TZID=Outlook:20261120T090000 DURATION:PT1H | 2026-11-20 | 20 00:00 open, 20 09:00 closed, 20 10:00 open
    DTSTART;TZID=Europe/Berlin:20260329T023000 DURATION:PT1H | 2026-03-29 | 29 00:00 open, 29 03:30 closed, 29 04:30 open
    DTSTART;TZID=Europe/Berlin:20261025T020000 DURATION:PT1H | 2026-10-25 | 25 00:00 open, 25 02:00 closed, 25 02:00 open
    DTSTART;TZID=Europe/Berlin:20261024T120000 DURATION:P1D | 2026-10-25 | 25 00:00 closed, 25 12:00 open`)
  for (const [cell, day, changes] of table) {
    const holidays = calendar(outlookZone('1601'), event(...properties(cell)))
    t.equal(changesOf(schedule({ open: ['always'], closed: [holidays] }), `${day}T00:00`, 60), changes, cell)
  }
})

t.test('a zone of the file holds before it begins', async (t) => {
  const { absolute } = calendar(
    outlookZone('2030'),
    event('DTSTART;TZID=Outlook:20260720T090000', 'DURATION:PT1H'),
  )
  t.equal(absolute[0]?.from, at('2026-07-20T08:00Z') / MINUTE, 'by the offset before its first change')
})

t.test('a zone that is written alone is read', async (t) => {
  const zone = outlookZone('1601').replaceAll('DTSTART:', 'DTSTART;TZID=Outlook:')
  t.equal(startsOf(calendar(zone, event('DTSTART;TZID=Outlook:20260720T090000', 'DURATION:PT1H'))), '20T07')
})

t.test('events that overlap close once', async (t) => {
  const hour = (begin: string, length: string) => event(`DTSTART:20261120T${begin}00`, `DURATION:PT${length}`)
  const { local } = calendar(hour('0900', '3H'), hour('1000', '1H'), hour('1100', '2H'), hour('0900', '1H'))
  t.strictSame(
    local.map(({ from, until }) => [from % 1440, until % 1440]),
    [
      [540, 720],
      [720, 780],
    ],
  )
})

t.test('recurring events close again and again', async (t) => {
  const table = rows<[event: string, days: string]>(`
    DTSTART;VALUE=DATE:20240229 RRULE:FREQ=YEARLY | 2024-02-29 2028-02-29 2032-02-29
    DTSTART;VALUE=DATE:20241128 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH | 2024-11-28 2025-11-27 2026-11-26
    DTSTART;VALUE=DATE:20240527 RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO | 2024-05-27 2025-05-26 2026-05-25
    DTSTART;VALUE=DATE:20240115 RRULE:FREQ=YEARLY;BYMONTH=7,1;INTERVAL=2 | 2024-01-15 2024-07-15 2026-01-15
    DTSTART;VALUE=DATE:20240131 RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 | 2024-01-31 2024-02-29 2024-03-29
    DTSTART;VALUE=DATE:20240131 RRULE:FREQ=MONTHLY | 2024-01-31 2024-03-31 2024-05-31
    DTSTART;VALUE=DATE:20240513 RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO | 2024-05-13 2025-05-12 2026-05-11
    DTSTART;VALUE=DATE:20241230 RRULE:FREQ=YEARLY;BYWEEKNO=1 | 2024-12-30 2025-12-29 2027-01-04
    DTSTART;VALUE=DATE:20241223 RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO | 2024-12-23 2025-12-22 2026-12-28
    DTSTART;VALUE=DATE:20240101 RRULE:FREQ=YEARLY;BYWEEKNO=-52;BYDAY=MO | 2024-01-01 2024-12-30 2026-01-05
    DTSTART;VALUE=DATE:20241222 RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;WKST=SU | 2024-12-22 2025-12-28 2026-12-27
    DTSTART;VALUE=DATE:20240923 RRULE:FREQ=YEARLY;BYYEARDAY=-100 | 2024-09-23 2025-09-23 2026-09-23
    DTSTART;VALUE=DATE:20240114 RRULE:FREQ=YEARLY;BYDAY=2SU | 2024-01-14 2025-01-12 2026-01-11
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,FR;WKST=SU | 2024-01-05 2024-01-14 2024-01-19
    DTSTART;VALUE=DATE:20240101 RRULE:FREQ=DAILY;BYMONTHDAY=13;COUNT=3 | 2024-01-01 2024-01-13 2024-02-13
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;COUNT=1 RDATE;VALUE=DATE:20240301,20240201 | 2024-01-05 2024-02-01 2024-03-01
    DTSTART;VALUE=DATE:20240105 RDATE:20240112T230000 | 2024-01-05 2024-01-12
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;UNTIL=20240112 | 2024-01-05 2024-01-12
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;COUNT=4 EXDATE;VALUE=DATE:20240112 EXDATE:20240119T000000 | 2024-01-05 2024-01-26
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;COUNT=4 EXDATE:20240111T230000Z EXDATE:20240119,20240126 | 2024-01-05
    DTSTART;VALUE=DATE:20240705 RRULE:FREQ=WEEKLY;COUNT=3 EXDATE:20240711T220000Z | 2024-07-05 2024-07-19
    DTSTART;VALUE=DATE:20240105 RRULE:FREQ=WEEKLY;UNTIL=20240111T230000Z | 2024-01-05 2024-01-12
    DTSTART;VALUE=DATE:20240105 RDATE:20240111T230000Z | 2024-01-05 2024-01-12
    DTSTART:20240105T090000 DURATION:PT1H RRULE:FREQ=WEEKLY;UNTIL=20240119T080000Z EXDATE:20240112T080000Z | 2024-01-05 2024-01-19`)
  for (const [cell, days] of table) {
    const starts = calendar(event(...properties(cell))).local.map(({ from }) =>
      new Date(from * MINUTE).toISOString().slice(0, 10),
    )
    t.equal(starts.slice(0, 3).join(' '), days, cell)
  }
})

t.test('recurring times keep to the clock of their zone', async (t) => {
  const table = rows<[more: string, starts: string]>(`
    RRULE:FREQ=WEEKLY;UNTIL=20261030T080000Z | 16T07 23T07 30T08
    RRULE:FREQ=WEEKLY;UNTIL=20261030T075959Z | 16T07 23T07
    RRULE:FREQ=WEEKLY;UNTIL=20261030 | 16T07 23T07 30T08
    RRULE:FREQ=WEEKLY;UNTIL=20261023T090000 | 16T07 23T07
    RRULE:FREQ=WEEKLY;COUNT=3 EXDATE:20261023T070000Z | 16T07 30T08
    RRULE:FREQ=WEEKLY;COUNT=3 EXDATE:20261023T090000 | 16T07 30T08
    RRULE:FREQ=WEEKLY;COUNT=3 EXDATE;VALUE=DATE:20261023 | 16T07 30T08
    RRULE:FREQ=WEEKLY;COUNT=3 EXDATE:20261023T080000Z | 16T07 23T07 30T08
    RDATE:20261030T090000 | 16T07 30T08
    RDATE:20261030T120000Z | 16T07 30T12
    RDATE;TZID=America/New_York:20261030T090000 | 16T07 30T13
    RDATE;VALUE=DATE:20261030 | 16T07 30T08`)
  const [dtstart, dtend] = [
    'DTSTART;TZID=Europe/Berlin:20261016T090000',
    'DTEND;TZID=Europe/Berlin:20261016T100000',
  ]
  for (const [more, starts] of table)
    t.equal(startsOf(calendar(event(dtstart, dtend, ...properties(more)))), starts, more)
})

/** `16T07`: the day of the month and the hour, in UTC, at which each event with a zone begins. */
function startsOf({ absolute }: CalendarClosing): string {
  return absolute.map(({ from }) => new Date(from * MINUTE).toISOString().slice(8, 13)).join(' ')
}

t.test('single instances are moved and cancelled', async (t) => {
  const weekly = event(
    'DTSTART;TZID=Europe/Berlin:20261016T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=WEEKLY;COUNT=3',
  )
  const moved = event(
    'DTSTART:20261024T120000Z',
    'DURATION:PT1H',
    'RECURRENCE-ID;TZID=Europe/Berlin:20261023T090000',
  )
  const cancelled = event('DTSTART:20261016T070000Z', 'RECURRENCE-ID:20261016T070000Z', 'STATUS:CANCELLED')
  t.equal(startsOf(calendar(weekly, moved)), '16T07 24T12 30T08')
  t.equal(startsOf(calendar(cancelled, weekly, moved)), '24T12 30T08')
})

t.test('the reason names the file and event', async (t) => {
  const table = rows<[property: string, because: string]>(`
    SUMMARY:New\\n Year | closed holidays.ics: New Year
    SUMMARY:${'x'.repeat(120)} | closed holidays.ics: ${'x'.repeat(100)}
    UID:4711 | closed holidays.ics: 4711
    CLASS:PUBLIC | closed holidays.ics: an event without SUMMARY`)
  for (const [property, because] of table) {
    const holidays = calendar(lines('BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20261120', property, 'END:VEVENT'))
    t.equal(
      scheduleState(schedule({ open: ['always'], closed: ['12-25', holidays] }), at('2026-11-20T12:00'))
        .because,
      because,
    )
  }
  t.strictSame(['a.ics', ' b/C.ICS ', '2026-12-25'].map(isCalendarFile), [true, true, false])
})

t.test('an event that cannot be read is an error', async (t) => {
  const table = rows<[event: string, problem: string]>(`
    CLASS:PUBLIC | it has no DTSTART -> export the calendar again
    DTSTART;VALUE=TEXT:soon | dtstart is not a date or time -> write a DATE or DATE-TIME
    DTSTART;TZID=Nowhere:20261120T090000 | its time zone "Nowhere" is neither an IANA name nor described by a VTIMEZONE -> write a TZID such as Europe/Berlin
    DTSTART;TZID=NoStart:20261120T090000 | a VTIMEZONE has no DTSTART -> export the calendar again
    DTSTART;TZID=NoOffset:20261120T090000 | a VTIMEZONE has no TZOFFSETTO -> export the calendar again
    DTSTART;VALUE=DATE:20261120 RRULE:FREQ=MINUTELY | its RRULE repeats within a day -> repeat it by days, weeks, months or years
    DTSTART;VALUE=DATE:20261120 RRULE:FREQ=DAILY;BYHOUR=9,10 | its RRULE repeats within a day -> repeat it by days, weeks, months or years
    DTSTART;VALUE=DATE:20261120 RRULE:RSCALE=CHINESE;FREQ=YEARLY | its RRULE has RSCALE, another calendar -> list the dates as RDATE
    DTSTART;VALUE=DATE:20261120 EXRULE:FREQ=YEARLY | it has an EXRULE -> list the dates as EXDATE
    DTSTART:20261120T090000 RDATE:20261121T090000Z | an RDATE has a time zone, and DTSTART has none -> write both with one`)
  const zone = (id: string, ...of: string[]) =>
    lines(
      'BEGIN:VTIMEZONE',
      `TZID:${id}`,
      'BEGIN:STANDARD',
      'TZOFFSETFROM:+0100',
      ...of,
      'END:STANDARD',
      'END:VTIMEZONE',
    )
  const zones = [zone('NoStart', 'TZOFFSETTO:+0100'), zone('NoOffset', 'DTSTART:19700101T000000')]
  for (const [cell, problem] of table) {
    const text = ics(...zones, event('DTSTART;VALUE=DATE:20261120'), event(...properties(cell)))
    t.equal(
      problemsOf(parseCalendar(text, 'a.ics', 'Europe/Berlin')),
      `calendar-file: a.ics, event "Day off": ${problem}`,
      cell,
    )
  }
})

t.test('a file that is no calendar is an error', async (t) => {
  const table: [text: string, reason: string][] = [
    ['', 'it holds no VCALENDAR'],
    [lines('BEGIN:VCARD', 'VERSION:4.0', 'END:VCARD'), 'it holds no VCALENDAR'],
    ['<html>', 'invalid line (no token ";" or ":") "<html>"'],
    [lines('BEGIN:VCALENDAR', 'BEGIN:VEVENT', ''), 'invalid ical body. component began but did not end'],
  ]
  for (const [text, reason] of table) {
    t.equal(
      problemsOf(parseCalendar(text, 'a.ics', 'Europe/Berlin')),
      `calendar-file: a.ics: ${reason} -> export the calendar again`,
    )
  }
})

t.test('several calendars make one file', async (t) => {
  const text = `\uFEFF${ics(event('DTSTART;VALUE=DATE:20261120'))}${ics(event('DTSTART;VALUE=DATE:20261121'))}`
  t.equal(read(parseCalendar(text, 'a.ics', 'Europe/Berlin')).local.length, 2)
})

t.test('endless and hostile recurrences come to an end', async (t) => {
  const recurring = (rule: string) => event('DTSTART;VALUE=DATE:20260101', `RRULE:FREQ=${rule}`)
  const table = rows<[rule: string]>(`
    DAILY;BYMONTH=2;BYMONTHDAY=30
    WEEKLY;BYMONTH=2;BYMONTHDAY=30
    MONTHLY;BYDAY=1TH;BYSETPOS=2
    YEARLY;BYDAY=MO;BYMONTHDAY=31;BYMONTH=11
    DAILY;INTERVAL=1000000000
    WEEKLY;INTERVAL=1000000000
    MONTHLY;INTERVAL=1000000000
    YEARLY;INTERVAL=1000000000`)
  for (const [rule] of table) t.equal(calendar(recurring(rule)).local.length, 1, rule)
  t.equal(
    calendar(recurring('DAILY')).local.at(-1)?.until,
    HORIZON * 1440,
    'they are written out up to the horizon',
  )
  const work = parseCalendar(
    ics(...Array(600).fill(recurring('DAILY;BYMONTH=2;BYMONTHDAY=30'))),
    'a.ics',
    'Europe/Berlin',
  )
  t.equal(
    problemsOf(work),
    'calendar-file: a.ics: its recurrences take too much work -> end its recurrences with UNTIL or COUNT',
  )
  const times = parseCalendar(ics(...Array(20).fill(recurring('DAILY'))), 'a.ics', 'Europe/Berlin')
  t.match(problemsOf(times), /^calendar-file: a.ics: it comes to more than 100000 times up to 2050 ->/)
})

t.test('recurrences agree with the iterator of ical.js', async (t) => {
  const interval = fc.integer({ min: 1, max: 9 })
  const rules = fc.oneof(
    fc.record({ FREQ: fc.constantFrom('DAILY', 'MONTHLY'), INTERVAL: interval }),
    fc.record({
      FREQ: fc.constant('WEEKLY'),
      INTERVAL: interval,
      BYDAY: fc.subarray(['MO', 'TU', 'SU'], { minLength: 1 }),
    }),
    fc.record({ FREQ: fc.constant('MONTHLY'), BYDAY: fc.constantFrom('1MO', '-1FR', '2SU', '3WE', 'TU') }),
    fc.record({
      FREQ: fc.constant('MONTHLY'),
      BYMONTHDAY: fc.subarray([1, 13, 28, 31, -1, -3], { minLength: 1 }),
    }),
    fc.record({
      FREQ: fc.constant('YEARLY'),
      BYMONTH: fc.integer({ min: 1, max: 12 }),
      BYDAY: fc.constantFrom('1MO', '-1FR', '4TH', 'SA'),
    }),
  )
  const starts = fc.integer({ min: 16_000, max: 22_000 })
  const agrees = fc.property(rules, starts, (parts, start) => {
    const recur = ICAL.Recur.fromString(
      Object.entries(parts)
        .map(([name, value]) => `${name}=${value}`)
        .join(';'),
    )
    const theirs = daysByIcal(recur, start)
    const ours = recurrenceDays(ruleOf(recur), theirs[0]!, theirs.at(-1)! + 1, () => {})
    t.strictSame([...ours], theirs)
  })
  fc.assert(agrees, { numRuns: cases(50) })
})

function daysByIcal(recur: ICAL.Recur, start: number): number[] {
  const iterator = recur.iterator(ICAL.Time.fromDateString(new Date(start * DAY).toISOString().slice(0, 10)))
  return Array.from({ length: 12 }, () => Date.parse(iterator.next().toString()) / DAY)
}

t.test('schedules are plain data', async (t) => {
  const holidays = calendar(event('DTSTART;VALUE=DATE:20261120'))
  const hours = schedule({ open: ['mon-fri 09:00-18:00'], closed: ['12-25', holidays] })
  t.strictSame(structuredClone(hours), hours)
  t.strictSame(JSON.parse(JSON.stringify(hours)), hours)
})

t.test('states agree with a naive reading', async () => {
  const ahead = fc.integer({ min: -3 * DAY, max: 3 * DAY })
  const agrees = fc.property(specArbitrary, zoneDays, ahead, (spec, { timezone, noon }, ahead) => {
    const state = scheduleState(schedule({ ...spec.written, timezone }), noon + ahead)
    return state.open === naiveOpen(spec, timezone, noon + ahead)
  })
  fc.assert(agrees, { numRuns: cases(600) })
})

t.test('changes agree with stepping by the minute', async (t) => {
  const ahead = fc.integer({ min: -DAY, max: DAY })
  const agrees = fc.property(specArbitrary, zoneDays, ahead, (spec, { timezone, noon }, ahead) => {
    const [from, until] = [noon + ahead, noon + ahead + 1.5 * DAY]
    const isOpen = (now: number) => naiveOpen(spec, timezone, now)
    const changes = minutesWithin(from, until).filter((now) => isOpen(now) !== isOpen(now - MINUTE))
    const hours = schedule({ ...spec.written, timezone })
    t.strictSame(representativeInstants(hours, from, until), [from, ...changes])
    const next = nextChange(hours, from)
    t.equal(next && next.at < until ? next.at : undefined, changes[0])
  })
  fc.assert(agrees, { numRuns: cases(30) })
})

/** The whole minutes after `from` and before `until`. */
function minutesWithin(from: number, until: number): number[] {
  const first = Math.floor(from / MINUTE) + 1
  return Array.from({ length: Math.ceil(until / MINUTE) - first }, (_, step) => (first + step) * MINUTE)
}

t.test('what was asked before changes no answer', async (t) => {
  const asked = fc.array(fc.integer({ min: -5 * MINUTE, max: 5 * MINUTE }), { maxLength: 20 })
  const agrees = fc.property(specArbitrary, zoneDays, asked, (spec, { timezone, noon }, asked) => {
    const hours = schedule({ ...spec.written, timezone })
    for (const ahead of asked) {
      t.strictSame(scheduleState(hours, noon + ahead), scheduleState(structuredClone(hours), noon + ahead))
    }
  })
  fc.assert(agrees)
})

t.test('a day begins at midnight, or where the clock goes on after it has skipped that', async (t) => {
  const start = (day: number, zone: string) => new Date(dayStart(day, zone)).toISOString()
  t.equal(start(dayNumber(2026, 3, 28), 'Asia/Beirut'), '2026-03-27T22:00:00.000Z')
  t.equal(start(dayNumber(2026, 3, 29), 'Asia/Beirut'), '2026-03-28T22:00:00.000Z')
})
