import type { FaultCode } from '../fault/codes.js'
import { type Parsed, type Problem, parsed, unparsed } from '../fault/problem.js'
import { joinDates } from './dates.js'

/** An entry of `open` or `closed` in its parts: days, then perhaps times. */
export interface Entry {
  /** The operator's words, with single spaces. */
  readonly text: string
  readonly days: string
  readonly times: string | undefined
}

// entry = days [ " " times ]

/** Takes an entry apart. Spaces around `-`, `..` and commas do not count. */
export function parseEntry(text: string, code: FaultCode, expected: string): Parsed<Entry> {
  const tidy = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?(,|-|\.\.) ?/g, '$1')
  const [days, times, ...more] = tidy.split(' ')
  const wrong = (message: string, cure: string): Problem => ({ code, message, expected, found: tidy, cure })
  if (!days) return unparsed(wrong('the entry is empty', `write ${expected}`))
  if (LOOKALIKES.test(tidy))
    return unparsed(wrong(`"${tidy}" holds a sign that only looks like - or ..`, `write ${plain(tidy)}`))
  if (more.length > 0)
    return unparsed(wrong(`"${tidy}" has more than two parts, days and times`, `write ${expected}`))
  return parsed({ text: tidy, days, times })
}

/** What word processors make of the signs of the language: dashes, minus, ellipsis. */
const LOOKALIKES = /[\u2010-\u2015\u2212\u2026]|\.{3,}/

function plain(text: string): string {
  return joinDates(text.replace(/[\u2010-\u2015\u2212]/g, '-').replace(/\u2026|\.{3,}/g, '..'))
}
