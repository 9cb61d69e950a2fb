import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { DAY_MINUTES } from './days.js'

/**
 * Times of a day in minutes from its midnight, `until` exclusive. A window across midnight belongs to the day
 * on which it begins, and its `until` is above 1440.
 */
export interface Window {
  readonly from: number
  readonly until: number
}

export const WHOLE_DAY: Window = { from: 0, until: DAY_MINUTES }

/** Whether a window holds a time, both in minutes. */
export function inWindow(window: Window, time: number): boolean {
  return window.from <= time && time < window.until
}

// window = time "-" time    time = HH ":" MM, 00:00 to 23:59, and 24:00 as an end
const WINDOW = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/

const EXPECTED = 'times such as 09:00-18:00'

/** Reads windows parted by commas: `09:00-12:00,13:00-18:00`. `22:00-02:00` runs into the next day. */
export function parseTimes(text: string): Parsed<Window[]> {
  const windows = text.split(',').map(parseWindow)
  const problems = windows.flatMap((window) => window.problems)
  return problems.length > 0 ? unparsed(...problems) : parsed(windows.map((window) => window.value!))
}

function parseWindow(text: string): Parsed<Window> {
  const digits = WINDOW.exec(text)
  if (!digits) return unparsed(notTimes(text))
  const [begin, end] = text.split('-') as [string, string]
  const [from, until] = [minutes(digits[1]!, digits[2]!), minutes(digits[3]!, digits[4]!)]
  if (from === undefined) return unparsed(noTime(begin))
  if (until === undefined) return unparsed(noTime(end))
  if (from === DAY_MINUTES) return unparsed(lateStart(text))
  if (from === until) return unparsed(emptyWindow(text))
  return parsed({ from, until: until > from ? until : until + DAY_MINUTES })
}

function minutes(hour: string, minute: string): number | undefined {
  const total = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && total <= DAY_MINUTES ? total : undefined
}

function noTime(found: string): Problem {
  return problem(`there is no time ${found} in a day`, found, 'write a time from 00:00 to 24:00')
}

function lateStart(found: string): Problem {
  const message = `${found} begins at 24:00, which can only be an end`
  return problem(message, found, 'begin at 00:00 of the next day')
}

function emptyWindow(found: string): Problem {
  const message = `${found} ends when it begins, so it holds no time`
  return problem(message, found, 'write 00:00-24:00 for the whole day')
}

function notTimes(found: string): Problem {
  const message = `"${found}" is not a time from HH:MM to HH:MM`
  return problem(message, found, `write ${repairTimes(found) ?? EXPECTED}`)
}

function problem(message: string, found: string, help: string): Problem {
  return { code: 'schedule-window', message, expected: EXPECTED, found, help }
}

/** What people write for a time: 9, 9:00, 9.30, 9h30, 0930, 9am, 9:30pm. */
const LOOSE_TIME = /^(\d{1,2})(?:[:.h]?(\d\d))?(am|pm)?$/i

/** `9-18` as `09:00-18:00`; undefined if no times can be made out. */
export function repairTimes(text: string): string | undefined {
  const times = text.split('-').map(repairTime)
  return times.length === 2 && times[0] && times[1] ? `${times[0]}-${times[1]}` : undefined
}

function repairTime(text: string): string | undefined {
  const [, digits, minute = '00', half] = LOOSE_TIME.exec(text) ?? []
  if (digits === undefined) return undefined
  const hour = half ? (Number(digits) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(digits)
  const isTime = minutes(String(hour), minute) !== undefined
  return isTime ? `${String(hour).padStart(2, '0')}:${minute}` : undefined
}
