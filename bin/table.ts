import { visibleAll } from '../src/errors/visible.js'

/** Lines with the cells of each column under one another, two spaces between them. */
export function table(given: readonly (readonly string[])[]): string {
  const rows = visibleAll(given)
  const widths = rows[0]!.map((_cell, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}
