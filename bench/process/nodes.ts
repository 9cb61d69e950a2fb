import { execFileSync } from 'node:child_process'

/** A Node other than the one that measures, from the npm registry: its path, or undefined where it cannot be had. */
export function nodeOf(major: number): string | undefined {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath
  try {
    const args = ['exec', '--yes', `--package=node@${major}`, '-c', 'command -v node']
    return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
