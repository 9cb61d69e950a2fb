import { type FSWatcher, watch } from 'node:fs'
import { fingerprint } from './fingerprint.js'
import { foldersOf } from './folders-on-way.js'

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
 * over by an editor, or swapped by a link anywhere on its way, as a Kubernetes ConfigMap does; or when a pattern such as
 * `routes/*.yaml` finds other files.
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
