import { readdirSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { patiently, TOO_MANY_OPEN } from './read-bytes.js'

/** How patterns find files. */
export const GLOB = { absolute: true, expandDirectories: false } as const

const require = createRequire(import.meta.url)

/** Errors that a pattern may meet without anything being wrong. */
const HARMLESS: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']

/**
 * The files that a pattern names, sorted. Throws when a folder cannot be read for a reason of the moment: the glob would
 * pass over it, and a config without the files in it would be taken for the whole.
 */
export function findFiles(pattern: string, patienceMs: number): string[] {
  const failed: unknown[] = []
  const fs = {
    readdirSync: noting(readdirSync),
    statSync: noting(statSync),
    realpathSync: noting(realpathSync),
  }
  // loaded for the first pattern: most configs have none
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby')
  const found = globSync(pattern, { ...GLOB, fs: fs as object }).sort()
  if (failed.length > 0) throw failed[0]
  return found

  function noting<A extends readonly unknown[], R>(call: (...args: A) => R): (...args: A) => R {
    return function noted(...args) {
      try {
        return patiently(() => call(...args), patienceMs, TOO_MANY_OPEN)
      } catch (error) {
        if (!HARMLESS.includes((error as NodeJS.ErrnoException).code)) failed.push(error)
        throw error
      }
    }
  }
}
