import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { parseDates } from './dates.js'
import type { Days } from './days.js'
import { parseEntry } from './entry.js'
import { parseTimes, repairTimes, WHOLE_DAY, type Window } from './times.js'
import { EVERY_DAY, parseWeekdays } from './weekdays.js'

/** One entry of `open`. */
export interface Opening {
  /** The operator's words. */
  readonly text: string
  readonly days: Days
  readonly windows: readonly Window[]
}

const EXPECTED = 'days and times such as mon-fri 09:00-12:00,13:00-18:00'

/**
 * Reads an entry of `open`: weekdays, a date, a range of dates or a yearly date, then times; whole days
 * without times; or `always`. A window that ends before it begins runs across midnight and belongs to the
 * day on which it begins.
 *
 * Entries that name dates are special hours: the windows that begin on such a day take the place of those of
 * its weekday. If several fit, the most precise are in force: a date before a range, both before a yearly
 * date, that before a yearly range.
 */
export function parseOpening(text: string): Parsed<Opening> {
  const { value: entry, problems } = parseEntry(text, 'schedule-window', EXPECTED)
  if (!entry) return unparsed(...problems)
  if (/^always$/i.test(entry.days)) return parseAlways(entry.text, entry.times)
  if (entry.times === undefined && isTimes(entry.days)) return withoutDays(entry.text)
  const days = /^\d/.test(entry.days) ? parseDates(entry.days) : parseWeekdays(entry.days)
  const windows = entry.times === undefined ? parsed([WHOLE_DAY]) : parseTimes(entry.times)
  if (!days.value || !windows.value) return unparsed(...days.problems, ...windows.problems)
  return parsed({ text: entry.text, days: days.value, windows: windows.value })
}

function parseAlways(text: string, times: string | undefined): Parsed<Opening> {
  if (times === undefined) return parsed({ text, days: EVERY_DAY, windows: [WHOLE_DAY] })
  return wrong(text, `"${text}" has times, and always has none`, `write daily ${times}`)
}

function isTimes(text: string): boolean {
  return text.split(',').every(repairTimes) && !parseDates(text).value
}

function withoutDays(found: string): Parsed<never> {
  const times = found.split(',').map(repairTimes).join(',')
  const help = `write daily ${times}; in a [list], quote an entry that holds a comma`
  return wrong(found, `"${found}" has no days before its times`, help)
}

function wrong(found: string, message: string, help: string): Parsed<never> {
  return unparsed({ code: 'schedule-window', message, expected: EXPECTED, found, help })
}
