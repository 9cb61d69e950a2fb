import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { attach, type Detached, type Piece } from '../src/config/config-transfer.js'
import type { Loaded } from '../src/config/load.js'
import type { Io } from './io.js'

/** What the worker is told to load. */
export interface Order {
  readonly file: string
  readonly variables: Io['env']
}

/**
 * Loads a config in a thread of its own: calls are answered meanwhile, and what the loading used of memory goes with
 * the thread. Rejects when the thread dies, as it does without memory.
 */
export async function loadInWorker(file: string, { env }: Pick<Io, 'env'>): Promise<Loaded> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), {
    workerData: { file, variables: { ...env } } satisfies Order,
  })
  try {
    const { first, ...rest } = (await next(worker)) as Omit<Loaded, 'config'> & { first?: Detached }
    if (first) await takeIn(first, worker)
    return { ...rest, config: first?.config }
  } finally {
    await worker.terminate()
  }
}

/** Between two pieces every call that waits has its turn. */
async function takeIn(first: Detached, worker: Worker): Promise<void> {
  for (;;) {
    await nextTurn()
    const piece = next(worker)
    worker.postMessage('next')
    const received = (await piece) as Piece | null
    if (received === null) return
    attach(first, received)
  }
}

async function next(worker: Worker): Promise<unknown> {
  const [message] = await once(worker, 'message')
  return message
}
