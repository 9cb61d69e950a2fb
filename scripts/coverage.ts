import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

// Each process and thread of the tests notes what it covered (note-coverage.ts); the report is tap's own.

/** Where `tap report` looks. */
const GATHERED = '.tap/coverage'
const WRITTEN = '.tap/processes'

/** All that is compiled is counted, without the tests themselves and without the bundle for Twilio's runtime. */
const NOT_COUNTED = /\/dist\/(?:test|function|scripts\/note-coverage)\b/

interface Script {
  readonly url: string
  readonly functions: unknown
}

/** What was seen of each script, as JSON. Most processes do what another did, so this is a small part of what is written. */
const seen = new Map<string, Set<string>>()

/** Deletes what earlier runs have noted. */
export function forgetCoverage(): void {
  for (const folder of [GATHERED, WRITTEN]) rmSync(folder, { recursive: true, force: true })
}

/** The environment in which the processes of a test file note what they cover. */
export function coverageEnvironment(name: string): Readonly<Record<string, string>> {
  const folder = folderOf(name)
  mkdirSync(folder, { recursive: true })
  return { COVERAGE_FOLDER: folder, NODE_OPTIONS: `--import=${new URL('note-coverage.js', import.meta.url)}` }
}

/** To be called when a test file has ended: what its processes wrote is not kept. */
export function gatherCoverage(name: string): void {
  const folder = folderOf(name)
  for (const file of readdirSync(folder)) gather(readFileSync(resolve(folder, file), 'utf8'))
  rmSync(folder, { recursive: true })
}

function folderOf(name: string): string {
  return resolve(WRITTEN, name)
}

function gather(written: string): void {
  for (const { url, functions } of JSON.parse(written) as readonly Script[]) {
    if (NOT_COUNTED.test(url)) continue
    const ways = seen.get(url) ?? new Set()
    seen.set(url, ways.add(JSON.stringify(functions)))
  }
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
