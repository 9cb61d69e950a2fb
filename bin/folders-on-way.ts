import { lstat, readlink } from 'node:fs/promises'
import path from 'node:path'

/** Whether a name is a pattern for others, as `include` takes them. */
export function isPattern(name: string): boolean {
  return /[*?[\]{}!]/.test(name)
}

/**
 * Every folder in which the way to one of the files could change: that of the file, and those of the links that lead
 * to it. For a pattern: the last folder before its first wildcard.
 */
export async function foldersOf(paths: readonly string[]): Promise<string[]> {
  const folders = new Set<string>()
  for (const file of paths) for (const folder of await foldersOnWay(upToPattern(file))) folders.add(folder)
  return [...folders]
}

function upToPattern(file: string): string {
  const steps = file.split(path.sep)
  const first = steps.findIndex(isPattern)
  return first < 0 ? file : steps.slice(0, first + 1).join(path.sep)
}

/** The kernel follows up to 40 links, and then says ELOOP. */
async function foldersOnWay(file: string, links = 40): Promise<string[]> {
  const steps = path.resolve(file).split(path.sep).filter(Boolean)
  let at = path.parse(path.resolve(file)).root
  for (const [depth, step] of steps.entries()) {
    const next = path.join(at, step)
    const target = links > 0 ? await linkTarget(next) : undefined
    if (target !== undefined)
      return [at, ...(await foldersOnWay(path.resolve(at, target, ...steps.slice(depth + 1)), links - 1))]
    if (depth < steps.length - 1) at = next
  }
  return [at]
}

async function linkTarget(name: string): Promise<string | undefined> {
  try {
    return (await lstat(name)).isSymbolicLink() ? await readlink(name) : undefined
  } catch {
    return undefined
  }
}
