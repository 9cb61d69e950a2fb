import { type FSWatcher, watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fingerprint } from './fingerprint.js'
import { foldersOf } from './folders-on-way.js'

/** Editors and the kubelet change a file in several steps; this long after the last one it is looked at. */
const DEBOUNCE_MS = 100

/** Network file systems report no changes, so they are looked for as well. */
const POLL_MS = 5_000

/** A file system that takes longer to say what a file is does not answer: a dead NFS never does. */
const LOOK_MS = 5_000

/** The fingerprint of files that cannot be looked at. */
const HANGS = 'hangs'

/** Watches files until closed. */
export interface Watch {
  /** Watches what a load has asked for. Calls `changed` at once if what it asked for before changed meanwhile. */
  follow(paths: readonly string[]): Promise<void>
  close(): void
  /** Whether a thread of Node hangs in a look at the files: then the process cannot exit by itself. */
  hangs(): boolean
}

interface Delays {
  readonly pollMs?: number
  readonly lookMs?: number
}

/**
 * Calls `changed` when one of the files watched has another content or became another file: written in place, renamed
 * over by an editor, or swapped by a link anywhere on its way, as a Kubernetes ConfigMap does; or when a pattern such as
 * `routes/*.yaml` finds other files.
 */
export function watchFiles(changed: () => void, { pollMs = POLL_MS, lookMs = LOOK_MS }: Delays = {}): Watch {
  let paths: readonly string[] = []
  let known = ''
  let watchers: FSWatcher[] = []
  let timer: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let hanging = false
  const poll = setInterval(look, pollMs).unref()
  return { follow, close, hangs: () => hanging }

  async function follow(asked: readonly string[]): Promise<void> {
    const now = await marks()
    const changedMeanwhile = now !== known
    known = now
    paths = asked
    known = await marks()
    const folders = await inTime(() => foldersOf(asked))
    if (folders) {
      stopWatching()
      watchers = folders.flatMap((folder) => watchFolder(folder, soon))
    }
    if (changedMeanwhile) changed()
  }

  async function marks(): Promise<string> {
    const asked = paths
    return (await inTime(() => fingerprint(asked))) ?? HANGS
  }

  /**
   * The result of a task; undefined when a file system does not answer in time. Until it does, no further task is
   * started.
   */
  async function inTime<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (hanging) return undefined
    const done = last.then(task)
    last = done
    const result = await Promise.race([done, sleep(lookMs, undefined, { ref: false })])
    if (result !== undefined) return result
    hanging = true
    void done.then(function answers() {
      hanging = false
      soon()
    })
    return undefined
  }

  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(look, DEBOUNCE_MS).unref()
  }

  async function look(): Promise<void> {
    const [before, now] = [known, await marks()]
    if (now === before || now === HANGS || known !== before) return
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
