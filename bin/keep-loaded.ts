import type { Service } from '../routes/service.js'
import { onHangup } from './early-signals.js'
import type { Io } from './io.js'
import { loadInWorker } from './load-in-worker.js'
import { Reloader } from './reload.js'
import { watchFiles } from './watch.js'

interface Kept {
  readonly file: string
  readonly io: Pick<Io, 'env'>
  /** What the first load has asked for. */
  readonly asked: readonly string[]
  readonly load?: typeof loadInWorker
}

/** Loads the config anew when one of its files changes, and on SIGHUP, until the function given back is called. */
export async function keepLoaded(
  service: Service,
  { file, io, asked, load = loadInWorker }: Kept,
): Promise<() => void> {
  const reloader = new Reloader(service, loadAndFollow)
  const reload = () => void reloader.reload()
  const watch = watchFiles(reload)
  await watch.follow(asked)
  onHangup(reload)
  return function stop() {
    process.off('SIGHUP', reload)
    watch.close()
  }

  async function loadAndFollow() {
    const loaded = await load(file, io)
    await watch.follow(loaded.asked)
    return loaded
  }
}
