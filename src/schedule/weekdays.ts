import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import type { Days } from './days.js'

const LONG = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const SHORT = LONG.map((name) => name.slice(0, 3))
const WORDS = [...SHORT, ...LONG, 'daily']

/** Words that are meant well, and how this language says them. */
const OTHER_WORDS = new Map([
  ['weekday', 'mon-fri'],
  ['weekdays', 'mon-fri'],
  ['weekend', 'sat,sun'],
  ['weekends', 'sat,sun'],
  ['everyday', 'daily'],
])

export const EVERY_DAY: Days = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7] }

/** Reads weekdays, short or long, in any case: `mon-fri`, `mon,wed,fri`, `sat-mon` (wraps the week), `daily`. */
export function parseWeekdays(text: string): Parsed<Days> {
  const unknown = text.split(/[,-]/).find((word) => !WORDS.includes(word.toLowerCase()))
  if (unknown !== undefined) return noDay(unknown)
  const items = text.toLowerCase().split(',')
  if (items.includes('daily')) return items.length === 1 ? parsed(EVERY_DAY) : notAlone(text)
  const ranges = items.map((item) => item.split('-'))
  if (ranges.some((range) => range.length > 2 || range.includes('daily'))) return notRange(text)
  const weekdays = new Set(ranges.flatMap(([first, last]) => weekdaysBetween(first!, last ?? first!)))
  return parsed({ kind: 'weekly', weekdays: [...weekdays].sort() })
}

function weekdaysBetween(first: string, last: string): number[] {
  const [from, until] = [SHORT.indexOf(first.slice(0, 3)), SHORT.indexOf(last.slice(0, 3))]
  return Array.from({ length: ((until - from + 7) % 7) + 1 }, (_, step) => ((from + step) % 7) + 1)
}

const EXPECTED = 'days such as mon-fri, mon,wed, daily, 2026-12-24 or 12-24'

function noDay(word: string): Parsed<never> {
  const meant = OTHER_WORDS.get(word.toLowerCase()) ?? suggest(word, WORDS)
  const message = `there is no day "${word}"${didYouMean(meant)}`
  return wrong(word, message, `write ${meant ?? EXPECTED}`)
}

function notAlone(found: string): Parsed<never> {
  return wrong(found, `"${found}" names other days beside daily, which is all of them`, 'write daily')
}

function notRange(found: string): Parsed<never> {
  return wrong(found, `"${found}" is not days from one weekday to another`, 'write mon-fri')
}

function wrong(found: string, message: string, help: string): Parsed<never> {
  return unparsed({ code: 'schedule-window', message, expected: EXPECTED, found, help })
}
