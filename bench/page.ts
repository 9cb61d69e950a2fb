import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../bin/package-root.js'
import type { Section, Table, Target } from './measure.js'
import { number } from './statistics.js'

/** The whole page of results, in Markdown. */
export function page(sections: readonly Section[], minutes: number): string {
  const tried = readFileSync(join(packageRoot(), 'bench', 'tried.md'), 'utf8')
  return [HEAD, conditions(minutes), targets(sections), ...sections.map(section), tried].join('\n')
}

const HEAD = `# Performance

A caller hears silence while the webhook is thought over, and a burst should cost machines, not calls. This page is
written by \`npm run bench\`; \`npm run bench -- whole memory\` measures parts of it and prints them.
`

function conditions(minutes: number): string {
  const [core] = cpus()
  return `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${cpus().length} cores (${core?.model.trim()}, ${number(totalmem() / 2 ** 30)} GB), Linux, in ${number(minutes, 1)} minutes. Read ratios, not absolutes: differences under 5 % are noise.

The server runs on one core and whoever asks it on another. The webhooks are signed, of 22 to 26 parameters and about
1 kB, 30,000 different ones, more than dialsip remembers, so that each is a new call. Each server is first asked 2,000
of them one by one and must give the right TwiML byte for byte; under load every answer is checked again. dialsip is the built
server with everything on: signature, log to a file, metrics, recent calls, health.
`
}

/** What was aimed at, and what came of it. */
export function targets(sections: readonly Section[]): string {
  const rows = sections
    .flatMap((one) => one.targets)
    .map(({ what, atLeast, measured, met }: Target) => [what, atLeast, measured, met ? 'yes' : '**no**'])
  return rows.length === 0
    ? ''
    : `## Targets\n\n${table({ columns: ['', 'aim', 'measured', 'met'], rows })}\n`
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
