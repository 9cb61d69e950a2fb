import { stat } from 'node:fs/promises'
import { GLOB } from './find-files.js'
import { isPattern } from './folders-on-way.js'

/**
 * What files are by their inodes, sizes and times, and which files patterns find. One is looked at after the other: a dead
 * file system keeps one of Node's four threads for files, and not all of them.
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const marks: string[] = []
  for (const name of paths) marks.push(await markOf(name), ...(await foundBy(name)))
  return marks.join('\n')
}

/** The time of a pipe changes whenever it is written to, which happens while it is read. */
async function markOf(file: string): Promise<string> {
  try {
    const stats = await stat(file)
    return stats.isFile() ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : `${stats.ino} ${stats.mode}`
  } catch {
    return 'missing'
  }
}

/** A file may have a name like a pattern, so it has its mark as well. */
async function foundBy(pattern: string): Promise<string[]> {
  if (!isPattern(pattern)) return []
  // loaded for the first pattern: most configs have none
  const { glob } = await import('tinyglobby')
  return (await glob(pattern, GLOB)).sort()
}
