import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../bin/package-root.js'
import type { Measure, Section } from './measure.js'
import { admin } from './measures/admin.js'
import { configLoad } from './measures/config-load.js'
import { consoleInBrowser } from './measures/console.js'
import { containerMemory } from './measures/container-memory.js'
import { memory } from './measures/memory.js'
import { nodes } from './measures/nodes.js'
import { openLoad } from './measures/open-load.js'
import { pieces } from './measures/pieces.js'
import { profile } from './measures/profile.js'
import { reload } from './measures/reload.js'
import { start } from './measures/start.js'
import { whole } from './measures/whole.js'
import { page, section, targets } from './page.js'

/** In the order of the page. */
const MEASURES: Readonly<Record<string, Measure>> = {
  whole,
  nodes,
  profile,
  pieces,
  open: openLoad,
  load: configLoad,
  reload,
  start,
  memory,
  container: containerMemory,
  admin,
  console: consoleInBrowser,
}

// `npm run bench [-- NAMES]`: everything, which writes docs/performance.md again, or what is named, which is printed.

const PAGE = join(packageRoot(), 'docs', 'performance.md')
const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(MEASURES, name))
if (unknown.length > 0) {
  process.stderr.write(
    `no measure is called ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}\n`,
  )
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'dialsip-bench-'))
const sections: Section[] = []
const begin = Date.now()
try {
  for (const name of names.length > 0 ? names : Object.keys(MEASURES)) {
    process.stderr.write(`${name} …\n`)
    sections.push(await MEASURES[name]!(folder))
    process.stdout.write(`${section(sections.at(-1)!)}\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
process.stdout.write(targets(sections))
if (names.length === 0)
  writeFileSync(PAGE, page(sections, (Date.now() - begin) / 60_000, readFileSync(PAGE, 'utf8')))
