import { once } from 'node:events'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { attach, type Detached, type Piece } from '../src/config/config-transfer.js'
import { SERVER_PATIENCE_MS } from './disk.js'
import type { Io } from './io.js'
import { fits, type LoadLimits, loadLimits, type Memory } from './load-limits.js'
import type { HandedOver } from './load-settled.js'
import { memoryForLoad } from './memory-for-load.js'

/** What the worker has to load. */
export interface LoadOrder {
  readonly file: string
  readonly variables: Io['env']
  readonly fileLimit: number
  readonly patienceMs: number
  /** Gets the name of each file or pattern before it is read, and an empty text after that. */
  readonly nowReading: MessagePort
}

interface Options {
  /** How long a pipe that says nothing is waited for, and until a file may be opened. */
  readonly patienceMs?: number
  /** How long one file, or the search for files, may take. */
  readonly readMs?: number
  /** How long everything between may take. */
  readonly workMs?: number
  readonly memory?: () => Promise<Memory>
  readonly entry?: URL
}

/** A thread that hangs in the kernel cannot be ended. With so many of them no further one is started. */
const MOST_HUNG = 3

/** A thread that does not hang ends within this. */
const END_MS = 1_000

/** A config for which there is not enough memory. */
export class TooLarge extends Error {}

/** Loads configs in threads of their own, each within bounds of time and memory. */
export class LoadThreads {
  readonly #options: Required<Options>
  /** Those that have not ended yet. */
  readonly #alive = new Set<Worker>()

  constructor({
    patienceMs = SERVER_PATIENCE_MS,
    readMs = 10_000,
    workMs = 120_000,
    memory = memoryForLoad,
    entry = new URL('./load-worker.js', import.meta.url),
  }: Options = {}) {
    this.#options = { patienceMs, readMs, workMs, memory, entry }
  }

  /**
   * Loads a config. Meanwhile calls are answered, and the memory that the loading used is freed with the thread.
   * Rejects when the thread dies, as it does without memory, and when it does not come to an end.
   */
  async load(file: string, { env }: Pick<Io, 'env'>): Promise<HandedOver> {
    if (this.#alive.size >= MOST_HUNG)
      throw new Error(`${MOST_HUNG} earlier loads still hang at reading their files`)
    const limits = await this.#limits()
    const { port1, port2 } = new MessageChannel()
    const { fileLimit, resourceLimits } = limits
    const { patienceMs } = this.#options
    const order: LoadOrder = { file, variables: { ...env }, fileLimit, patienceMs, nowReading: port2 }
    const worker = new Worker(this.#options.entry, {
      workerData: order,
      transferList: [port2],
      resourceLimits,
    })
    this.#alive.add(worker)
    const { tooLong, stop } = this.#patience(port1)
    return Promise.race([this.#receive(worker), tooLong])
      .catch((error) => {
        throw inWords(error, limits)
      })
      .finally(() => {
        stop()
        return this.#end(worker)
      })
  }

  /** Ends what is still loading. False when a thread hangs in the kernel: then the process cannot exit by itself. */
  async end(): Promise<boolean> {
    await Promise.all([...this.#alive].map((worker) => this.#end(worker)))
    return this.#alive.size === 0
  }

  /**
   * Asks for the config only if there is room for it: without memory the answering thread would die, not the loading
   * one.
   */
  async #receive(worker: Worker): Promise<HandedOver> {
    const bytes = (await next(worker)) as number
    if (!fits(bytes, await this.#options.memory())) throw withoutRoom(bytes)
    const { first, ...rest } = (await ask(worker)) as Omit<HandedOver, 'config'> & { first?: Detached }
    if (first) await takeIn(first, worker)
    return { ...rest, config: first?.config }
  }

  async #end(worker: Worker): Promise<void> {
    const ended = worker.terminate().then(() => this.#alive.delete(worker))
    await Promise.race([ended, sleep(END_MS, undefined, { ref: false })])
  }

  async #limits(): Promise<LoadLimits> {
    // Node's --max-old-space-size would hold for the thread in the place of its own limit
    setFlagsFromString('--max-old-space-size=0')
    const limits = loadLimits(await this.#options.memory())
    if (!limits) throw new Error('no memory is left to load the config with')
    return limits
  }

  /** Rejects when what is read next, or the work between, takes too long. */
  #patience(nowReading: MessagePort): { tooLong: Promise<never>; stop(): void } {
    const { readMs, workMs } = this.#options
    let timer: NodeJS.Timeout
    const tooLong = new Promise<never>((_, reject) => {
      wait('')
      nowReading.on('message', wait)
      function wait(reading: string): void {
        clearTimeout(timer)
        const [ms, what] =
          reading === '' ? [workMs, 'the config was not loaded'] : [readMs, `${reading} was not read`]
        timer = setTimeout(() => reject(new Error(`${what} within ${ms / 1000} s`)), ms)
      }
    })
    return {
      tooLong,
      stop() {
        clearTimeout(timer)
        nowReading.close()
      },
    }
  }
}

/** Between two pieces all calls that wait are answered. */
async function takeIn(first: Detached, worker: Worker): Promise<void> {
  for (;;) {
    await nextTurn()
    const received = (await ask(worker)) as Piece | null
    if (received === null) return
    attach(first, received)
  }
}

async function ask(worker: Worker): Promise<unknown> {
  const answer = next(worker)
  worker.postMessage('next')
  return answer
}

async function next(worker: Worker): Promise<unknown> {
  const [message] = await once(worker, 'message')
  return message
}

function inWords(error: NodeJS.ErrnoException, { resourceLimits }: LoadLimits): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error
  const { maxOldGenerationSizeMb } = resourceLimits
  return new TooLarge(
    `the config needs more memory than the ${maxOldGenerationSizeMb} MB that are left to load it with`,
  )
}

function withoutRoom(bytes: number): TooLarge {
  const megabytes = Math.ceil(bytes / 1024 ** 2)
  return new TooLarge(
    `the config takes ${megabytes} MB, and the memory has no room for it next to the old one`,
  )
}
