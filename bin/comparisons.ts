import { once } from 'node:events'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Comparing, ConfigQuestion, RawAnswer } from '../routes/admin/plugin.js'
import type { Service } from '../routes/service.js'
import type { Changes, ThreadQuestion } from './compare-configs.js'
import type { PackedTexts } from './config-texts.js'
import { loadLimits, type Memory } from './load-limits.js'
import { memoryLeft } from './memory-left.js'

interface ComparisonOptions {
  /** How long a comparison may take. */
  readonly longestMs?: number
  readonly memory?: () => Memory
}

/** Two configs of 100,000 routes take some 10 s. */
const LONGEST_MS = 25_000

/** However much memory is left: calls need some, too. */
const MOST_MEGABYTES = 2_048

/** Compares the running config with others, each time in a thread of its own within bounds of time and memory, one at a time. */
export class Comparisons implements Comparing {
  readonly #service: Pick<Service, 'texts' | 'now'>
  readonly #longestMs: number
  readonly #memory: () => Memory
  #taken = false

  constructor(
    service: Pick<Service, 'texts' | 'now'>,
    { longestMs = LONGEST_MS, memory = memoryNow }: ComparisonOptions = {},
  ) {
    this.#service = service
    this.#longestMs = longestMs
    this.#memory = memory
  }

  take(): (() => void) | undefined {
    if (this.#taken) return undefined
    this.#taken = true
    return () => {
      this.#taken = false
    }
  }

  async answer(asks: ConfigQuestion, body = new Uint8Array(), signal?: AbortSignal): Promise<RawAnswer> {
    const { texts: running, now } = this.#service
    if (!running)
      return failed(
        503,
        'this server does not keep the texts of its config: they are too large, or dialsip try has started it',
      )
    try {
      return (await this.#ask({ asks, running, body, now: now() }, signal)) as RawAnswer
    } catch (error) {
      return this.#failure(error as NodeJS.ErrnoException)
    }
  }

  /** What a reload changes for calls; undefined where that cannot be found out, and while something else is compared. */
  async changes(running: PackedTexts, next: PackedTexts): Promise<Changes | undefined> {
    const release = this.take()
    if (!release) return undefined
    const changes = this.#ask({ asks: 'changes', running, next, now: this.#service.now() })
    return changes.catch(() => undefined).finally(release) as Promise<Changes | undefined>
  }

  async #ask(question: ThreadQuestion, signal?: AbortSignal): Promise<unknown> {
    // Node's --max-old-space-size would hold for the thread in the place of its own limit
    setFlagsFromString('--max-old-space-size=0')
    const limits = loadLimits(this.#memory())?.resourceLimits
    if (!limits) throw new Error('no memory is left to compare configs with')
    const worker = new Worker(new URL('./compare-worker.js', import.meta.url), {
      workerData: question,
      resourceLimits: {
        ...limits,
        maxOldGenerationSizeMb: Math.min(limits.maxOldGenerationSizeMb!, MOST_MEGABYTES),
      },
    })
    worker.unref()
    const ends = [AbortSignal.timeout(this.#longestMs), ...(signal ? [signal] : [])]
    try {
      const [answer] = await once(worker, 'message', { signal: AbortSignal.any(ends) })
      return answer
    } finally {
      void worker.terminate()
    }
  }

  #failure({ name, code, message }: NodeJS.ErrnoException): RawAnswer {
    if (name === 'AbortError')
      return failed(504, `the configs were not compared within ${this.#longestMs / 1000} s`)
    if (code === 'ERR_WORKER_OUT_OF_MEMORY')
      return failed(503, 'the configs need more memory than is left to compare them with')
    return failed(503, `the configs cannot be compared: ${message}`)
  }
}

function failed(status: number, error: string): RawAnswer {
  return { status, body: new TextEncoder().encode(JSON.stringify({ error })) }
}

/** Without a collection of garbage before: that would hold calls up. */
function memoryNow(): Memory {
  const { heap_size_limit, used_heap_size } = getHeapStatistics()
  return { left: memoryLeft(), heapLeft: heap_size_limit - used_heap_size }
}
