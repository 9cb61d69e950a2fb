import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// What a release consists of, apart from the image and the chart: node dist/scripts/release.js TAG FOLDER [--dry-run]
// The release workflow runs this on a tag, and a test runs it as well: it needs no network. A dry run takes the notes of
// what is unreleased where the version has none yet.

const [tag, folder = 'release', dryRun] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json has version ${version}`)

const out = resolve(folder)
mkdirSync(out, { recursive: true })
writeFileSync(join(out, 'notes.md'), notes(readFileSync('CHANGELOG.md', 'utf8')))
writeFileSync(join(out, 'dialsip.cdx.json'), sbom())
npm(['pack', '--pack-destination', out], '.')

/** The section of this version. */
function notes(changelog: string): string {
  const sections = changelog.split(/^## /m)
  const of = (name: string) => sections.find((part) => part.split(/\s/, 1)[0] === name)
  const section = of(version) ?? (dryRun && of('Unreleased'))
  if (!section) throw new Error(`CHANGELOG.md has no section "## ${version}"`)
  return `${section.slice(section.indexOf('\n')).trim()}\n`
}

/**
 * What is installed for production, as CycloneDX. Not `npm sbom --omit=dev` here: it leaves out what development and
 * production share (https://github.com/npm/cli/issues/7909). In a folder that has nothing of development it is complete.
 */
function sbom(): string {
  const work = mkdtempSync(join(tmpdir(), 'dialsip-'))
  try {
    return npm(['sbom', '--sbom-format', 'cyclonedx'], productionTree(work))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * What npm reads of the packages of production, each package.json, in a folder named after the package: npm takes its name
 * from it. The lock file says which are of development; an optional one may be for another machine.
 */
function productionTree(work: string): string {
  const tree = join(work, 'dialsip')
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  for (const [place, { dev }] of Object.entries<{ dev?: boolean }>(packages)) {
    if (place === '' || dev || !existsSync(place)) continue
    mkdirSync(join(tree, place), { recursive: true })
    copyFileSync(join(place, 'package.json'), join(tree, place, 'package.json'))
  }
  const { devDependencies: _, ...rest } = JSON.parse(readFileSync('package.json', 'utf8'))
  writeFileSync(join(tree, 'package.json'), JSON.stringify(rest))
  return tree
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--offline'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1e8,
  })
}
