/** One priority of an extension. */
export interface DialplanStep {
  readonly label: string
  readonly app: string
  readonly args: string
}

interface DialplanContext {
  readonly includes: { readonly name: string; readonly time: AsteriskTime | undefined }[]
  readonly extensions: Map<string, DialplanStep[]>
}

/** An `extensions.conf`. */
export interface Dialplan {
  readonly contexts: ReadonlyMap<string, DialplanContext>
  /** Lines that name another file, or another place to look for extensions. */
  readonly elsewhere: readonly string[]
}

/** Reads contexts, extensions and includes; the variables of `[globals]` are filled in. */
export function dialplanOf(text: string): Dialplan {
  const contexts = new Map<string, DialplanContext>()
  const elsewhere: string[] = []
  let context: DialplanContext | undefined
  let steps: DialplanStep[] = []
  for (const line of withGlobals(linesOf(text))) {
    const [, opened] = /^\[([^\]]+)\]/.exec(line) ?? []
    if (opened !== undefined) {
      context = contexts.get(opened) ?? { includes: [], extensions: new Map() }
      contexts.set(opened, context)
    }
    if (/^#(?:try)?include\b|^switch\s*=/i.test(line)) elsewhere.push(line)
    const [, key = '', value = ''] = /^(exten|same|include)\s*=>?\s*(.*)$/i.exec(line) ?? []
    if (key === 'include') context?.includes.push(includeOf(value))
    if (key === 'exten') {
      const [pattern = '', ...rest] = value.split(',')
      steps = context?.extensions.get(pattern.trim()) ?? []
      context?.extensions.set(pattern.trim(), steps)
      steps.push(stepOf(rest.join(',')))
    }
    if (key === 'same') steps.push(stepOf(value))
  }
  return { contexts, elsewhere }
}

/** Without comments: `;` to the end of the line, and from `;--` to `--;`. */
function linesOf(text: string): string[] {
  return text
    .replace(/;--(?!-)[\s\S]*?--;/g, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\);.*$/, '').trim())
}

/** `OFFICE=PJSIP/100` under `[globals]`, in the place of `${OFFICE}` and `${GLOBAL(OFFICE)}`. */
function withGlobals(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => /^\[globals\]/i.test(line)) + 1
  const length = from === 0 ? 0 : lines.slice(from).findIndex((line) => line.startsWith('['))
  const globals = new Map<string, string>()
  for (const line of lines.slice(from, from + length)) {
    const [, name, value = ''] = /^(\w+)\s*=>?\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) globals.set(name, value)
  }
  return lines.map((line) =>
    line.replace(/\$\{(?:GLOBAL\()?(\w+)\)?\}/g, (reference, name: string) => globals.get(name) ?? reference),
  )
}

function includeOf(value: string) {
  const [name = '', ...time] = value.split(/[,|]/).map((part) => part.trim())
  return { name, time: time.length > 0 ? asteriskTime(time) : undefined }
}

/** `n(label),App(args)`. A `hint` is no step. */
function stepOf(text: string): DialplanStep {
  const [, priority = '', label = '', rest = ''] = /^\s*([\w+]*)(?:\(([^)]*)\))?\s*,\s*(.*)$/.exec(text) ?? []
  const [, app = '', args = ''] = /^([\w]+)\s*(?:\((.*)\))?\s*$/.exec(rest) ?? []
  return { label: label || priority, app: priority === 'hint' ? 'noop' : app.toLowerCase(), args }
}

/** When something holds, in Asterisk's four fields: times, days of the week, days of the month, months. */
export interface AsteriskTime {
  readonly text: string
  readonly fields: readonly string[]
  /** IANA; empty for the one of the machine. */
  readonly timezone: string
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Reads the arguments of `GotoIfTime`, or what follows the name in an `include`: four fields, then perhaps a time zone. A field that is missing is `*`. */
export function asteriskTime(parts: readonly string[]): AsteriskTime {
  const [times = '*', days = '*', dates = '*', months = '*', timezone = ''] = parts
  const fields = [times, days, dates, months].map((field) => field.toLowerCase() || '*')
  return { text: parts.join(','), fields, timezone }
}

/** The same as `open` of a schedule has it; undefined when a schedule cannot say it. */
export function openingOf({ fields }: AsteriskTime): string[] | undefined {
  const [times = '', days = '', dates = '', months = ''] = fields
  const hours = times === '*' ? [] : rangesIn(times, minutesOf, 1440)
  const weekdays = days === '*' ? [] : rangesIn(days, (text) => indexOf(DAYS, text), 7)
  const monthRanges =
    months === '*' ? [[0, 11] as const] : rangesIn(months, (text) => indexOf(MONTHS, text), 12)
  const dateRanges = dates === '*' ? [] : rangesIn(dates, dateOf, 32)
  if (!hours || !weekdays || !monthRanges || !dateRanges) return undefined
  const clock = hours.length === 0 ? '' : ` ${hours.flatMap(clockOf).join(',')}`
  if (dates === '*' && months === '*') {
    const week = weekdays.map((range) => range.map((day) => DAYS[day]).join('-')).join(',')
    if (week === '' && clock === '') return ['always']
    return [`${week || 'daily'}${clock}`.replace(/\b(\w{3})-\1\b/g, '$1')]
  }
  // a schedule cannot say a day of the week in a month, or one that is also a date
  if (weekdays.length > 0) return undefined
  const whole =
    dates === '*'
      ? monthRanges.map(wholeMonths)
      : monthRanges.flatMap(monthsOf).flatMap((month) => datesIn(month, dateRanges))
  return whole.map((range) => range + clock)
}

type Range = readonly [first: number, last: number]

/** `a-b&c`: the ranges in a field; undefined when one of them is none. */
function rangesIn(text: string, read: (text: string) => number, size: number): Range[] | undefined {
  const ranges = text.split('&').map((part): Range => {
    const [first = '', last = first] = part.trim().split('-')
    return [read(first.trim()), read(last.trim())]
  })
  return ranges.every((range) => range.every((value) => value >= 0 && value < size)) ? ranges : undefined
}

function indexOf(names: readonly string[], text: string): number {
  return names.indexOf(text.slice(0, 3))
}

function dateOf(text: string): number {
  return /^([1-9]|[12]\d|3[01])$/.test(text) ? Number(text) : -1
}

function minutesOf(text: string): number {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  return hour === undefined || Number(minute) > 59 ? -1 : Number(hour) * 60 + Number(minute)
}

/**
 * Asterisk counts the last minute in, an opening ends before its end. Across midnight Asterisk asks for the day of the
 * moment, an opening belongs to the day on which it begins: so it is two.
 */
function clockOf([first, last]: Range): string[] {
  if (first <= last) return [`${clock(first)}-${clock(last + 1)}`]
  return [`00:00-${clock(last + 1)}`, `${clock(first)}-24:00`]
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

function monthsOf([first, last]: Range): number[] {
  const count = ((last - first + 12) % 12) + 1
  return Array.from({ length: count }, (_, at) => (first + at) % 12)
}

function wholeMonths([first, last]: Range): string {
  return `${dateText(first, 1)}..${dateText(last, LENGTHS[last]!)}`
}

/** The ranges of dates that a month has. */
function datesIn(month: number, ranges: readonly Range[]): string[] {
  const length = LENGTHS[month]!
  return ranges
    .flatMap(([first, last]): Range[] =>
      first <= last
        ? [[first, last]]
        : [
            [1, last],
            [first, length],
          ],
    )
    .filter(([first]) => first <= length)
    .map(([first, last]) => {
      const end = Math.min(last, length)
      return first === end ? dateText(month, first) : `${dateText(month, first)}..${dateText(month, end)}`
    })
}

function dateText(month: number, day: number): string {
  return `${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
