import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Node itself writes what a process and its children covered, if NODE_V8_COVERAGE names a folder. That costs a fraction
// of what tap's hooks do in each process; the report is tap's own.

/** Where `tap report` looks. */
const GATHERED = '.tap/coverage'
const WRITTEN = '.tap/processes'

/** What the tests are to cover: all that is compiled, without themselves and without the bundle for Twilio's runtime. */
const COUNTED = `${pathToFileURL(resolve('dist'))}/`
const NOT_COUNTED = /^(?:test|function)\//

interface Script {
  readonly url: string
  readonly functions: unknown
}

/** What was seen of each script, as JSON. Most children do what another did, so this is a small part of what is written. */
const seen = new Map<string, Set<string>>()

export function forgetCoverage(): void {
  for (const folder of [GATHERED, WRITTEN]) rmSync(folder, { recursive: true, force: true })
}

/** Where the processes of a test file write. */
export function coverageFolder(name: string): string {
  return resolve(WRITTEN, name)
}

/** To be called when a test file has ended: the many megabytes that its processes wrote are not kept. */
export function gatherCoverage(name: string): void {
  const folder = coverageFolder(name)
  for (const file of readdirSync(folder)) gather(readFileSync(resolve(folder, file), 'utf8'))
  rmSync(folder, { recursive: true })
}

function gather(written: string): void {
  for (const { url, functions } of scripts(written)) {
    if (!url.startsWith(COUNTED) || NOT_COUNTED.test(url.slice(COUNTED.length))) continue
    const ways = seen.get(url) ?? new Set()
    seen.set(url, ways.add(JSON.stringify(functions)))
  }
}

/** Without the source maps, which come last and are most of it: the report reads those that it needs. */
function scripts(written: string): readonly Script[] {
  const [coverage] = written.split(',"source-map-cache":', 1)
  return JSON.parse(coverage!.length < written.length ? `${coverage}}` : written).result
}

/** Prints what is not covered, and says whether everything is. */
export function reportCoverage(): boolean {
  mkdirSync(GATHERED, { recursive: true })
  const most = Math.max(...[...seen.values()].map(({ size }) => size))
  for (let at = 0; at < most; at++) writeFileSync(`${GATHERED}/${at}.json`, coverageOf(at))
  const { status } = spawnSync('npx', ['tap', 'report', 'text', '--no-show-full-coverage'], {
    stdio: 'inherit',
  })
  return status === 0
}

/** The scripts that were seen in more than so many ways, as one process. */
function coverageOf(at: number): string {
  const result = [...seen].flatMap(([url, ways]) => {
    const functions = [...ways][at]
    return functions ? [`{"scriptId":"0","url":${JSON.stringify(url)},"functions":${functions}}`] : []
  })
  return `{"result":[${result}]}`
}
