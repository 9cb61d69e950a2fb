import type { Service } from '../routes/service.js'
import type { Loaded } from '../src/config/load.js'
import type { Comparisons } from './comparisons.js'
import { onHangup } from './early-signals.js'
import type { Io } from './io.js'
import type { HandedOver } from './load-settled.js'
import { LoadThreads, TooLarge } from './load-threads.js'
import { Reloader } from './reload.js'
import { watchFiles } from './watch.js'

/** What loads the config: `LoadThreads`, except in tests. */
interface ConfigLoader {
  load(
    file: string,
    io: Pick<Io, 'env'>,
  ): Promise<Loaded & Partial<Pick<HandedOver, 'retryable' | 'more' | 'texts'>>>
  end(): Promise<boolean>
}

export interface KeepOptions {
  readonly file: string
  readonly io: Pick<Io, 'env'>
  /** What the first load has asked for. */
  readonly asked: readonly string[]
  readonly threads?: ConfigLoader
  /** Says after a reload what it changes; default: nothing does. */
  readonly comparisons?: Pick<Comparisons, 'changes'>
  readonly retryMs?: number
}

/** How long after a failure that may pass the config is loaded again. */
const RETRY_MS = 10_000

/**
 * Loads the config again when one of its files changes, on SIGHUP, and after a load that failed for a reason that may
 * pass, until the function given back is called.
 */
export async function keepLoaded(
  service: Service,
  { file, io, asked, threads = new LoadThreads(), comparisons, retryMs = RETRY_MS }: KeepOptions,
): Promise<() => Promise<void>> {
  const reloader = new Reloader(
    service,
    loadAndFollow,
    comparisons && ((old, next) => comparisons.changes(old, next)),
  )
  const reload = () => void reloader.reload()
  const watch = watchFiles(reload)
  let retry: NodeJS.Timeout | undefined
  await watch.follow(asked)
  onHangup(reload)
  return async function stop() {
    process.off('SIGHUP', reload)
    clearTimeout(retry)
    watch.close()
    if ((await threads.end()) && !watch.hangs()) return
    service.log.warn('a file still cannot be read, so the process will end itself by SIGKILL')
    process.once('exit', endNow)
  }

  async function loadAndFollow() {
    clearTimeout(retry)
    try {
      const loaded = await threads.load(file, io)
      if (loaded.retryable) tryAgain()
      await watch.follow(loaded.asked)
      return loaded
    } catch (error) {
      // what is too large is not smaller the next time
      if (!(error instanceof TooLarge)) tryAgain()
      throw error
    }
  }

  function tryAgain(): void {
    retry = setTimeout(reload, retryMs).unref()
  }
}

/**
 * Ends the process where `process.exit` would wait for ever for a thread that hangs in the kernel. Process 1 of a container
 * does not get its own SIGKILL, so it aborts. A listener of the process's `exit`.
 */
export function endNow(this: Pick<NodeJS.Process, 'pid' | 'kill' | 'abort'>): void {
  this.kill(this.pid, 'SIGKILL')
  this.abort()
}
