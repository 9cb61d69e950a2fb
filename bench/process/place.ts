import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../bin/package-root.js'

/** The core that the server has for itself, and the one for what asks it. */
export const SERVER_CORE = 0
export const CLIENT_CORE = 1

/** The command line that runs a program on one core only; with no `taskset` it runs where it likes. */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return isThere('taskset') ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]
}

/** Whether a program is installed. */
export function isThere(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The path of a compiled script of ours. */
export function script(name: string): string {
  const path = join(packageRoot(), 'dist', name)
  if (!existsSync(path)) throw new Error(`${path} is not built`)
  return path
}
