import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What was written the last time: a hash of each file, by its path. */
const MANIFEST = '.dialsip-export.json'

/**
 * Writes files into a folder, with a manifest of them. Files that are there and were not written so before stay as they are:
 * then nothing is written, and their paths come back, unless `force` is given.
 */
export function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
  force: boolean,
): readonly string[] {
  const before = manifestIn(folder)
  const foreign = [...files].filter(([path, text]) => isForeign(textIn(folder, path), text, before[path]))
  if (foreign.length > 0 && !force) return foreign.map(([path]) => path)
  const written = Object.fromEntries([...files].map(([path, text]) => [path, hashOf(text)]))
  for (const [path, text] of [...files, [MANIFEST, `${JSON.stringify(written, undefined, 2)}\n`] as const]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return []
}

function isForeign(there: string | undefined, text: string, hash: unknown): boolean {
  return there !== undefined && there !== text && hashOf(there) !== hash
}

function manifestIn(folder: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(textIn(folder, MANIFEST) ?? '{}'))
  } catch {
    // one that is broken says nothing of what was written
    return {}
  }
}

function textIn(folder: string, path: string): string | undefined {
  try {
    return readFileSync(join(folder, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
