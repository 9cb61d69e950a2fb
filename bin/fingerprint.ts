import { stat } from 'node:fs/promises'
import { glob } from 'tinyglobby'
import { GLOB } from './config-file.js'
import { isPattern } from './folders-on-way.js'

/** What files are by their inodes, sizes and times, and which files patterns find. */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(paths.map(async (name) => [await markOf(name), await foundBy(name)]))
  return marks.flat(2).join('\n')
}

async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'missing'
  }
}

/** A file may have a name like a pattern, so it has its mark as well. */
async function foundBy(pattern: string): Promise<string[]> {
  return isPattern(pattern) ? (await glob(pattern, GLOB)).sort() : []
}
