import { type Parsed, type Problem, parsed, unparsed } from '../errors/problem.js'
import { dayNumber, daysInMonth } from './day.js'
import { type Days, yearlyDay } from './days.js'

/** A date as it was written; a yearly one has no year. */
interface WrittenDate {
  readonly text: string
  readonly year: number | undefined
  readonly month: number
  readonly date: number
}

// date = [ YYYY "-" ] MM "-" DD
const DATE = /^(?:([12]\d{3})-)?(\d\d)-(\d\d)$/

const EXPECTED = '2026-12-25, 2026-12-24..2027-01-01, 12-25 or 12-24..12-26'

/**
 * Reads a date `2026-12-25`, a range `2026-12-26..2027-01-01` with both ends, a yearly date `12-25` or a
 * yearly range `12-24..01-06`, which may wrap the year.
 */
export function parseDates(text: string): Parsed<Days> {
  const [first, last = first, ...more] = text.split('..').map(parseDate)
  const problem = [first!, last!].flatMap((date) => date.problems)[0]
  if (more.length > 0) return unparsed(notDates(text))
  return problem ? unparsed(problem) : daysBetween(text, first!.value!, last!.value!)
}

function daysBetween(text: string, first: WrittenDate, last: WrittenDate): Parsed<Days> {
  if (first.year === undefined && last.year === undefined) {
    return parsed({ kind: 'yearly', first: yearlyDay(first), last: yearlyDay(last) })
  }
  if (first.year === undefined || last.year === undefined) return unparsed(halfYearly(text))
  const from = dayNumber(first.year, first.month, first.date)
  const until = dayNumber(last.year, last.month, last.date)
  return from > until
    ? unparsed(reversed(text, first, last))
    : parsed({ kind: 'dates', first: from, last: until })
}

/** Any leap year: a yearly date may be 29 February. */
const LEAP_YEAR = 2024

function parseDate(text: string): Parsed<WrittenDate> {
  const parts = DATE.exec(text)
  if (!parts) return unparsed(notDates(text))
  const [year, month, date] = [parts[1] ? Number(parts[1]) : undefined, Number(parts[2]), Number(parts[3])]
  if (month < 1 || month > 12) return unparsed(noMonth(text))
  const length = daysInMonth(year ?? LEAP_YEAR, month)
  if (date < 1 || date > length) return unparsed(noSuchDate(text, length))
  return parsed({ text, year, month, date })
}

function noMonth(found: string): Problem {
  return problem(`${found} does not exist: months go from 01 to 12`, found, `write ${EXPECTED}`)
}

function noSuchDate(found: string, length: number): Problem {
  const month = found.slice(0, -3)
  const message = `${found} does not exist: ${month} has ${length} days`
  return problem(message, found, `write ${month}-${length} at most`)
}

function halfYearly(found: string): Problem {
  const message = `one end of ${found} has a year and the other has none`
  return problem(message, found, 'write the year at both ends, or at none')
}

function reversed(found: string, first: WrittenDate, last: WrittenDate): Problem {
  return problem(`${found} ends before it begins`, found, `write ${last.text}..${first.text}`)
}

function notDates(found: string): Problem {
  return problem(`"${found}" is not a date`, found, `write ${repairDate(found) ?? EXPECTED}`)
}

function problem(message: string, found: string, help: string): Problem {
  return { code: 'schedule-date', message, expected: EXPECTED, found, help }
}

/** What people write for a date, as this language has it: 2026/12/5, 2026-12-5, 5.12.2026, 12-5, 12-24-12-26. */
function repairDate(text: string): string | undefined {
  const joined = joinDates(text)
  if (joined !== text) return joined
  const byYear = /^(?:(\d{4})[-/.])?(\d{1,2})[-/](\d{1,2})$/.exec(text)
  const byDate = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(text)
  const [year, month, date] = byYear?.slice(1) ?? byDate?.slice(1).reverse() ?? []
  if (month === undefined || date === undefined) return undefined
  const repaired = [...(year ? [year] : []), month.padStart(2, '0'), date.padStart(2, '0')].join('-')
  return parseDate(repaired).value && repaired
}

/** Puts `..` for a dash between two dates. */
export function joinDates(text: string): string {
  return text.replace(/((?:\d{4}-)?\d\d-\d\d)-((?:\d{4}-)?\d\d-\d\d)/, '$1..$2')
}
