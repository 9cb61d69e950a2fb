import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../bin/package-root.js'
import type { Section, Table, Target } from './measure.js'
import { number } from './statistics.js'

/** The whole page of results, in Markdown. `last` is the page of the last run, whose figures are shown next to the new ones. */
export function page(sections: readonly Section[], minutes: number, last: string): string {
  const tried = readFileSync(join(packageRoot(), 'bench', 'tried.md'), 'utf8')
  return [HEAD, conditions(minutes), targets(sections, last), ...sections.map(section), tried].join('\n')
}

const HEAD = `# Performance

A caller hears silence while the webhook is thought over, and a burst should cost machines, not calls. This page is
written by \`npm run bench\`; \`npm run bench -- whole memory\` measures parts of it and prints them.
`

function conditions(minutes: number): string {
  const [core] = cpus()
  return `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${cpus().length} cores (${core?.model.trim()}, ${number(totalmem() / 2 ** 30)} GB), Linux, in ${number(minutes, 1)} minutes. Read ratios, not absolutes: differences under 5 % are noise.

The server runs on one core and what asks it on another. The webhooks are signed, of 22 to 26 parameters and about
1 kB, 30,000 different ones, more than dialsip remembers, so that each is a new call. Each server is first asked 2,000
of them one by one and must give the right TwiML byte for byte; under load every answer is checked again. dialsip is the built
server with everything on: signature, log to a file, metrics, recent calls, health.
`
}

/** What was aimed at, what came of it, and what the page of the last run says of the same. */
export function targets(sections: readonly Section[], last = ''): string {
  const before = measuredIn(last)
  const rows = sections
    .flatMap((one) => one.targets)
    .map(({ what, atLeast, measured, met }: Target) => [
      what,
      atLeast,
      measured,
      met ? 'yes' : '**no**',
      before.get(what) ?? '',
    ])
  if (rows.length === 0) return ''
  const [, date = 'before'] = /^Measured on (\S+)/m.exec(last) ?? []
  return `## Targets\n\n${table({ columns: ['', 'aim', 'measured', 'met', date], rows })}\n`
}

/** The figures of a page by what they are of. */
function measuredIn(page: string): ReadonlyMap<string, string> {
  const [, targets = ''] = page.split(/^## /m).filter((part, at) => at === 0 || part.startsWith('Targets'))
  const cells = targets.split('\n').map((line) => line.split(' | '))
  return new Map(cells.map(([what = '', , measured = '']) => [what.replace(/^\| /, ''), measured]))
}

/** One part of the page. */
export function section({ title, method, tables }: Section): string {
  return `## ${title}\n\n${method}\n\n${tables.map(table).join('\n\n')}\n`
}

function table({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  )
}
