import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, MultiErrorReply } from '@redis/client'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { SharedState } from '../routes/service.js'
import { type Change, SharedRows } from '../src/health/shared-rows.js'

// What is in Redis: all rows as fields of one hash, and a stream of the last changes, each by its writer, in the order
// in which Redis took them. The epoch is drawn anew when Redis has lost its memory. The braces keep the three together
// in a cluster.
const ROWS = '{dialsip}:rows'
const CHANGES = '{dialsip}:changes'
const EPOCH = '{dialsip}:epoch'

const TICK_MS = 100
const DEADLINE_MS = 1_000
const RETRY_MS = 500

/** Changes that are told or asked for at once. */
const AT_ONCE = 1_000
const CHANGES_KEPT = 10_000

/** Without a look at the stream for so long, changes may have left it unseen. */
const TOO_LONG_MS = 5_000

type Client = ReturnType<typeof openClient>

/**
 * Shares rows with other replicas by Redis. No call ever waits for it: the tables are answered from memory, what is
 * written goes to Redis some milliseconds later, and what others have written is looked for ten times a second.
 * While Redis is slow, silent or gone the replica goes on by what it knows, and tells it when Redis is back.
 */
export class RedisLink implements SharedState {
  readonly #url: string
  readonly #rows: SharedRows
  readonly #log: Logger
  readonly #replica = randomUUID()
  readonly #stop = new AbortController()
  #epoch: string | undefined
  /** The last change seen, by its id in the stream. */
  #seen = '0-0'
  #lookedAt = 0
  #running: Promise<void> = Promise.resolve()
  up = false
  reason = 'not connected yet'

  constructor(url: string, tables: ConstructorParameters<typeof SharedRows>[0], log: Logger) {
    this.#url = url
    this.#rows = new SharedRows(tables)
    this.#log = log
  }

  start(): void {
    this.#running = this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const client = openClient(this.#url)
      try {
        await within(client.connect())
        await this.#readAll(client)
        this.#isUp()
        while (await this.#pause(TICK_MS)) await this.#exchange(client)
        await this.#exchange(client)
      } catch (error) {
        this.#isDown(error as Error)
      } finally {
        if (client.isOpen) client.destroy()
      }
      await this.#pause(RETRY_MS)
    }
  }

  /** Waits; says whether to go on. */
  #pause(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.#stop.signal, ref: false }).catch(() => false)
  }

  async #readAll(client: Client): Promise<void> {
    await within(client.set(EPOCH, randomUUID(), { condition: 'NX' }))
    const replies = await within(
      client.multi().get(EPOCH).hGetAll(ROWS).xRevRange(CHANGES, '+', '-', { COUNT: 1 }).exec(),
    )
    const [epoch, rows, [newest]] = replies as unknown as [string, Record<string, string>, Message[]]
    const fields = Object.entries(rows).map(([field, json]): Change => [field, parse(json)])
    if (this.#epoch === undefined || this.#epoch === epoch) this.#rows.adoptAll(new Map(fields))
    else {
      this.#rows.tellAll()
      this.#rows.adopt(fields)
    }
    this.#epoch = epoch
    this.#seen = newest?.id ?? '0-0'
    this.#lookedAt = performance.now()
  }

  /** Tells what was written here and learns what others wrote, in one round trip. */
  async #exchange(client: Client): Promise<void> {
    if (performance.now() - this.#lookedAt > TOO_LONG_MS) await this.#readAll(client)
    const [epoch, news] = await this.#send(client, this.#rows.take(AT_ONCE))
    if (epoch !== this.#epoch) return this.#readAll(client)
    this.#learn(news)
    if (news.length === AT_ONCE || this.#rows.waiting > 0) await this.#exchange(client)
  }

  async #send(client: Client, changes: readonly Change[]) {
    const transaction = client.multi()
    for (const [field, row] of changes) {
      if (row === null) transaction.hDel(ROWS, field)
      else transaction.hSet(ROWS, field, JSON.stringify(row))
    }
    if (changes.length > 0) {
      const message = { by: this.#replica, changes: JSON.stringify(changes) }
      const TRIM = { strategy: 'MAXLEN', strategyModifier: '~', threshold: CHANGES_KEPT } as const
      transaction.xAdd(CHANGES, '*', message, { TRIM })
    }
    transaction.get(EPOCH).xRange(CHANGES, `(${this.#seen}`, '+', { COUNT: AT_ONCE })
    try {
      const replies = await within(transaction.exec())
      this.#lookedAt = performance.now()
      return replies.slice(-2) as unknown as [string | null, readonly Message[]]
    } catch (error) {
      this.#rows.giveBack(changes)
      throw error
    }
  }

  /** Of several changes of one row the last counts, and if that is ours there is nothing to learn. */
  #learn(news: readonly Message[]): void {
    const last = new Map<string, unknown>()
    for (const { id, message } of news) {
      this.#seen = id
      for (const [field, row] of changesIn(message.changes)) {
        if (message.by === this.#replica) last.delete(field)
        else last.set(field, row)
      }
    }
    this.#rows.adopt(last)
  }

  #isUp(): void {
    this.up = true
    this.reason = ''
    this.#log.info('shared state: Redis answers')
  }

  #isDown(error: Error): void {
    const reason = reasonOf(error)
    if (this.up || this.reason !== reason)
      this.#log.warn({ reason }, 'shared state: Redis does not answer; going on by what is known here')
    this.up = false
    this.reason = reason
  }
}

interface Message {
  readonly id: string
  readonly message: { readonly by: string; readonly changes: string }
}

/** A client for one connection: when that ends, another is opened. */
function openClient(url: string) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: DEADLINE_MS, reconnectStrategy: false },
  })
  // what goes wrong is seen where an answer is awaited
  client.on('error', () => {})
  return client
}

/** Frozen is as good as gone. */
async function within<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController()
  const deadline = sleep(DEADLINE_MS, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error(`no answer in ${DEADLINE_MS} ms`)
  })
  try {
    return await Promise.race([answer, deadline])
  } finally {
    late.abort()
    deadline.catch(() => {})
  }
}

/** Of several commands at once the client says only how many have failed; Redis says why. */
function reasonOf(error: Error): string {
  const [first] = error instanceof MultiErrorReply ? error.errors() : []
  return (first ?? error).message
}

function changesIn(json: string): readonly Change[] {
  return changesSchema.safeParse(parse(json)).data ?? []
}

const changesSchema = z.array(z.tuple([z.string(), z.unknown()]))

/** What is in Redis may have been written by anybody; the tables look at its shape. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
