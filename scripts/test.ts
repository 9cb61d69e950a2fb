import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Parser, type Result } from 'tap-parser'

// Runs the compiled tests: npm test. Shows what fails, what is skipped, what is not covered, and the totals; arguments
// are passed to tap. The whole TAP is there with --reporter=tap by tap itself.

const FILES = readdirSync('dist/test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js'))
  .sort((a, b) => Number(waits(b)) - Number(waits(a)))
  .map((name) => `dist/test/${name}`)

/** Those that start processes and wait for them come first, so that the end of the run waits for none of them. */
function waits(name: string): boolean {
  return /^(?:reload|server|cli)\//.test(name)
}

/** Without a Redis the tests of shared state are skipped, and then their code is not covered. */
const hasRedis = spawnSync('redis-server', ['--version']).status === 0

const asked = process.argv.slice(2)
const args = [...(asked.some((word) => !word.startsWith('-')) ? [] : FILES), ...asked]
if (!hasRedis) args.push('--allow-incomplete-coverage')

const skipped = new Map<string, number>()
const tap = spawn('npx', ['tap', '--reporter=tap', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
const parser = new Parser()
listen(parser)
let ended = false
createInterface({ input: tap.stdout }).on('line', (line) => {
  // what comes before this is TAP; the coverage and the totals come after it
  ended ||= /^(?:# No coverage|-----|# \{ total)/.test(line)
  if (ended) process.stdout.write(`${line}\n`)
  else parser.write(`${line}\n`)
})
tap.on('close', (code) => {
  for (const [why, count] of skipped) process.stdout.write(`skipped ${count}: ${why}\n`)
  process.exitCode = code ?? 1
})

interface Diagnostics {
  readonly at?: { readonly fileName: string; readonly lineNumber: number }
  readonly diff?: string
  readonly stack?: string
  readonly source?: string
}

/** Failures are shown where they are, not again for each test around them. */
function listen(one: Parser): void {
  one.on('child', listen)
  one.on('fail', (result: Result) => {
    if (isInnermost(result)) process.stdout.write(failure(result))
  })
  one.on('skip', ({ skip }: Result) => {
    const why = typeof skip === 'string' && skip !== '' ? skip : 'no reason given'
    skipped.set(why, (skipped.get(why) ?? 0) + 1)
  })
}

function isInnermost({ diag }: Result): boolean {
  return diag !== null && diag !== undefined
}

/** The title, the place, and what differs. */
function failure({ fullname, diag }: Result): string {
  const { at, diff, stack, source: _, ...rest } = diag as Diagnostics
  const place = at ? `  at ${at.fileName}:${at.lineNumber}\n` : ''
  return `not ok ${fullname}\n${place}${indented(diff ?? stack ?? JSON.stringify(rest, null, 2))}\n`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
