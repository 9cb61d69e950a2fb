import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UsageError } from './io.js'

/**
 * Writes files into a folder, which is made if it is not there: all of them under other names first, so that no file
 * is ever half there, and the main one last. Gives their paths. Throws `UsageError` when the disk refuses.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>, main: string): string[] {
  const names = [...files.keys()].sort((a, b) => Number(a === main) - Number(b === main))
  const paths = names.map((name) => path.join(folder, name))
  const aside = names.map((name) => path.join(folder, `.${name}.${process.pid}`))
  let written = 0
  try {
    mkdirSync(folder, { recursive: true })
    for (const name of names) writeFileSync(aside[written++]!, files.get(name)!, { flag: 'wx' })
    for (const [at, file] of paths.entries()) renameSync(aside[at]!, file)
    return paths
  } catch (error) {
    for (const file of aside.slice(0, written)) rmSync(file, { force: true })
    throw new UsageError(`${folder} cannot be written: ${(error as Error).message}`)
  }
}
