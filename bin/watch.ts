import { type FSWatcher, lstatSync, readlinkSync, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** Editors and the kubelet change a file in several steps; this long after the last one it is looked at. */
const DEBOUNCE_MS = 100

/** Network file systems tell nobody of changes, so they are looked for as well. */
const POLL_MS = 5_000

/** Watches files until closed. */
export interface Watch {
  /** Watches what a load has asked for. Calls `changed` at once if what it asked for before changed meanwhile. */
  follow(paths: readonly string[]): Promise<void>
  close(): void
}

/**
 * Calls `changed` when one of the files watched has another content or became another file: written in place, renamed
 * over by an editor, or swapped by a link anywhere on its way, as a Kubernetes ConfigMap does. Of a pattern such as
 * `routes/*.yaml` its folder is watched.
 */
export function watchFiles(changed: () => void, pollMs = POLL_MS): Watch {
  let paths: readonly string[] = []
  let known = ''
  let watchers: FSWatcher[] = []
  let timer: NodeJS.Timeout | undefined
  const poll = setInterval(look, pollMs).unref()
  return { follow, close }

  async function follow(asked: readonly string[]): Promise<void> {
    const changedMeanwhile = (await fingerprint(paths)) !== known
    paths = asked
    known = await fingerprint(paths)
    stopWatching()
    watchers = foldersOf(paths).flatMap((folder) => watchFolder(folder, soon))
    if (changedMeanwhile) changed()
  }

  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(look, DEBOUNCE_MS).unref()
  }

  async function look(): Promise<void> {
    const [before, now] = [known, await fingerprint(paths)]
    if (now === before || known !== before) return
    known = now
    changed()
  }

  function stopWatching(): void {
    for (const watcher of watchers) watcher.close()
  }

  function close(): void {
    clearInterval(poll)
    clearTimeout(timer)
    stopWatching()
  }
}

/** A folder that cannot be watched is still polled. */
function watchFolder(folder: string, changed: () => void): FSWatcher[] {
  try {
    return [watch(folder, { persistent: false }, changed).on('error', () => {})]
  } catch {
    return []
  }
}

/** What the files are by their inodes, sizes and times, and which names a pattern could find. */
async function fingerprint(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(paths.map((name) => (isPattern(name) ? namesIn(name) : markOf(name))))
  return marks.join('\n')
}

async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'missing'
  }
}

async function namesIn(pattern: string): Promise<string> {
  try {
    return (await readdir(path.dirname(pattern))).sort().join('/')
  } catch {
    return 'missing'
  }
}

function isPattern(name: string): boolean {
  return /[*?[\]{}!]/.test(name)
}

/** Every folder in which the way to one of the files could change: those of the links on it, and its own. */
function foldersOf(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((file) => foldersOnWay(file)))]
}

/** The kernel follows up to 40 links, and then says ELOOP. */
function foldersOnWay(file: string, links = 40): string[] {
  const steps = path.resolve(file).split(path.sep).filter(Boolean)
  let at = path.parse(path.resolve(file)).root
  for (const [depth, step] of steps.entries()) {
    const next = path.join(at, step)
    const target = links > 0 ? linkTarget(next) : undefined
    if (target !== undefined)
      return [at, ...foldersOnWay(path.resolve(at, target, ...steps.slice(depth + 1)), links - 1)]
    if (depth < steps.length - 1) at = next
  }
  return [at]
}

function linkTarget(name: string): string | undefined {
  try {
    return lstatSync(name).isSymbolicLink() ? readlinkSync(name) : undefined
  } catch {
    return undefined
  }
}
