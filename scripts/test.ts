import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Parser, type Result } from 'tap-parser'
import { coverageEnvironment, forgetCoverage, gatherCoverage, reportCoverage } from './coverage.js'

// Runs the compiled tests, or those that are named: npm test. Shows what fails, what is skipped, what is not covered, and
// the totals. Each process is a plain node and not one of tap's, whose hooks cost seconds in each; the whole TAP of a file
// is there with `npx tap FILE --reporter=tap`.

const { jobs, timeout } = JSON.parse(readFileSync('package.json', 'utf8')).tap as Record<string, number>

const asked = process.argv.slice(2)
const isWhole = asked.length === 0
/** So many processes run the files that need none of their own. */
const SHARED = 8

/** The processes to come, each with the files that it runs. */
const waiting = isWhole ? allFiles() : asked.map((file) => [file])
const totals = { total: 0, pass: 0, fail: 0, skip: 0 }
const skipped = new Map<string, number>()
let isGood = true

forgetCoverage()
await Promise.all(Array.from({ length: jobs! }, inTurn))
for (const [why, count] of skipped) say(`skipped ${count}: ${why}`)
if (isWhole && !reportCoverage() && hasRedis()) isGood = false
say(
  `# { ${Object.entries(totals)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')} }`,
)
process.exitCode = isGood ? 0 : 1

/**
 * Files that start processes and wait for them have one of their own, and come first, so that the end of the run waits
 * for none of them. The others share a few: to load tap and dialsip takes a process longer than most files take.
 */
function allFiles(): string[][] {
  const files = readdirSync('dist/test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
  const alone = files.filter(waits)
  const shared = files.filter((name) => !waits(name))
  const dealt = Array.from({ length: SHARED }, (_, at) => shared.filter((_, place) => place % SHARED === at))
  return [...alone.map((name) => [name]), ...dealt].map((names) => names.map((name) => `dist/test/${name}`))
}

function waits(name: string): boolean {
  return /^(?:reload|server|console|project\/(?:package|workflows))\b/.test(name)
}

/** Without a Redis the tests of shared state are skipped, and then their code is not covered. */
function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

async function inTurn(): Promise<void> {
  for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) await run(files)
}

async function run(files: readonly string[]): Promise<void> {
  const name = files[0]!.replaceAll('/', '-')
  const command = files.length === 1 ? files : ['dist/scripts/test-process.js', name]
  const child = spawn(process.execPath, isWhole ? command : ['--enable-source-maps', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...(isWhole && coverageEnvironment(name)),
      TAP_TIMEOUT: String(timeout),
      TEST_FILES: files.join(' '),
    },
    // tap in the file says which test did not end; this is for a process that can say nothing any more
    timeout: (timeout! + 10) * 1000,
    killSignal: 'SIGKILL',
  })
  const parser = new Parser()
  const places = new Set<string>()
  listen(parser, files, places)
  let counted = false
  parser.on('comment', (comment) => {
    counted ||= count(comment)
  })
  child.stdout.pipe(parser)
  const [[code, signal]] = await Promise.all([once(child, 'close'), once(parser, 'complete')])
  if (code !== 0 || !parser.ok || !counted) {
    const known = files.filter((file) => places.has(file))
    for (const file of known.length > 0 ? known : files) failed(file, signal ?? code)
  }
  if (isWhole) gatherCoverage(name)
}

/** Of tap's last line: `# { total: 12, pass: 11, skip: 1 }`. */
function count(comment: string): boolean {
  if (!comment.startsWith('# { total: ')) return false
  for (const name of Object.keys(totals) as (keyof typeof totals)[])
    totals[name] += Number(comment.match(`${name}: (\\d+)`)?.[1] ?? 0)
  return true
}

function failed(file: string, how: unknown): void {
  isGood = false
  say(`failed ${file}: ${how}`)
}

/** Failures are shown where they are, not again for each test around them; their files are added to `places`. */
function listen(one: Parser, files: readonly string[], places: Set<string>): void {
  one.on('child', (child) => listen(child, files, places))
  one.on('fail', ({ fullname, diag }: Result) => {
    const text = failure((diag ?? {}) as Diagnostics)
    if (text === undefined) return
    const file = fileOf((diag ?? {}) as Diagnostics, files)
    if (file) places.add(file)
    say(`not ok ${file ?? files.join(' ')} > ${fullname}\n${text}`)
  })
  one.on('skip', ({ skip }: Result) => {
    const why = typeof skip === 'string' && skip !== '' ? skip : 'no reason given'
    skipped.set(why, (skipped.get(why) ?? 0) + 1)
  })
}

/** Which of the files a failure is in: its place, or one of those from which it was called. */
function fileOf(diag: Diagnostics, files: readonly string[]): string | undefined {
  if (files.length === 1) return files[0]
  const text = `${diag.at?.fileName}\n${diag.stack}`
  return files.find((file) => text.includes(file))
}

interface Diagnostics {
  readonly at?: { readonly fileName: string; readonly lineNumber: number }
  readonly diff?: string
  readonly stack?: string
  readonly source?: string
}

/** The place, and what differs; nothing for a test that failed only by what is in it. */
function failure({ at, diff, stack, source: _, ...rest }: Diagnostics): string | undefined {
  const what = diff ?? stack ?? (Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : undefined)
  if (what === undefined) return undefined
  return `${at ? `at ${at.fileName}:${at.lineNumber}\n` : ''}${what}`.replace(/^(?=.)/gm, '  ')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
