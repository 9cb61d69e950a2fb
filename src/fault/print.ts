import type { Fault, Place } from './fault.js'
import { pathText } from './fault.js'

/** Paints a word; `plain` leaves it as it is. */
export type Paint = (style: 'red' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string

const plain: Paint = (_style, text) => text

/** How many faults are shown with their lines; the rest get one line each. */
const SHOWN_IN_FULL = 100

/** Everything that `check` and `serve` say of a config: each fault with its line, a caret and a cure. */
export function printFaults(faults: readonly Fault[], paint: Paint = plain): string {
  const full = faults.slice(0, SHOWN_IN_FULL).map((fault) => inFull(fault, paint))
  const rest = faults.slice(SHOWN_IN_FULL).map((fault) => inBrief(fault, paint))
  return [...full, ...(rest.length > 0 ? [rest.join('\n')] : [])].join('\n\n')
}

/** `2 faults, 1 warning` */
export function countFaults(faults: readonly Fault[]): string {
  const wrong = faults.filter(isFault).length
  return `${count(wrong, 'fault')}, ${count(faults.length - wrong, 'warning')}`
}

/** Whether it stops `serve`. */
export function isFault({ level }: Fault): boolean {
  return level === 'fault'
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function inBrief({ level, code, message, place, path }: Fault, paint: Paint): string {
  const where = paint('bold', placeText(place))
  const what = paint(level === 'fault' ? 'red' : 'yellow', `${level}[${code}]`)
  return `${where} ${what} ${path.length > 0 ? `${pathText(path)}: ` : ''}${message}`
}

function inFull(fault: Fault, paint: Paint): string {
  const { expected, found, cure, other } = fault
  const lines = [inBrief(fault, paint), ...excerpt(fault.place, paint)]
  if (other) lines.push(`  ${paint('cyan', 'see also')} ${placeText(other)}`, ...excerpt(other, paint))
  if (expected) lines.push(`  ${paint('cyan', 'expected')} ${expected}`)
  if (found) lines.push(`  ${paint('cyan', 'found')}    ${found}`)
  if (cure) lines.push(`  ${paint('cyan', 'cure')}     ${cure}`)
  return lines.join('\n')
}

export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

/** The line and a caret under the place; a very long line is cut around it. */
function excerpt({ text, line, column, length }: Place, paint: Paint): string[] {
  const from = Math.max(0, column - 61)
  const shown = text.slice(from, from + 120)
  const caret = '^'.repeat(Math.max(1, Math.min(length, shown.length - (column - 1 - from))))
  const gutter = String(line)
  return [
    `  ${paint('dim', `${gutter} |`)} ${shown}`,
    `  ${' '.repeat(gutter.length)} ${paint('dim', '|')} ${' '.repeat(column - 1 - from)}${paint('red', caret)}`,
  ]
}
