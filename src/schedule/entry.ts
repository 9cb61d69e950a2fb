import type { ErrorCode } from '../errors/codes.js'
import { type Parsed, parsed, unparsed } from '../errors/problem.js'
import { joinDates } from './dates.js'

/** An entry of `open` or `closed` in its parts: days, then perhaps times. */
export interface ScheduleEntry {
  /** The operator's words, with single spaces. */
  readonly text: string
  readonly days: string
  readonly times: string | undefined
}

// entry = days [ " " times ]

/** Takes an entry apart. Spaces around `-`, `..` and commas do not count. */
export function parseEntry(text: string, code: ErrorCode, expected: string): Parsed<ScheduleEntry> {
  const tidy = tidied(text)
  const [days, times, ...more] = tidy.split(' ')
  const wrong = (message: string, help = `write ${expected}`): Parsed<never> =>
    unparsed({ code, message, expected, found: tidy, help })
  if (!days) return wrong('the entry is empty')
  if (LOOKALIKES.test(tidy))
    return wrong(`"${tidy}" holds a sign that only looks like - or ..`, `write ${plain(tidy)}`)
  if (more.length > 0) return wrong(`"${tidy}" has more than two parts, days and times`)
  return parsed({ text: tidy, days, times })
}

function tidied(text: string): string {
  const spaced = text.trim().replace(/\s+/g, ' ')
  return spaced.replace(/ ?(,|-|\.\.) ?/g, '$1')
}

/** What word processors make of the signs of the language: dashes, minus, ellipsis. */
const LOOKALIKES = /[\u2010-\u2015\u2212\u2026]|\.{3,}/

function plain(text: string): string {
  return joinDates(text.replace(/[\u2010-\u2015\u2212]/g, '-').replace(/\u2026|\.{3,}/g, '..'))
}
