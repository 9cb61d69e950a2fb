import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RowChange, SharedRows } from '../src/state/shared-rows.js'
import { type RedisClient, within } from './redis-client.js'

// What is in Redis: all rows as fields of one hash, and a stream of the last changes, each by its writer, in the order
// in which Redis took them. The epoch is drawn again when Redis has lost its memory. The braces keep the three together
// in a cluster.
const ROWS = '{dialsip}:rows'
const CHANGES = '{dialsip}:changes'
const EPOCH = '{dialsip}:epoch'

/** Changes that are sent or read at once. */
const AT_ONCE = 1_000
const CHANGES_KEPT = 10_000

/** After so long without reading the stream, changes may have been dropped from it unread. */
const TOO_LONG_MS = 5_000

/** Keeps the rows of this replica and those in Redis the same. It outlives connections: each call names its client. */
export class RedisRows {
  readonly #rows: SharedRows
  readonly #replica = randomUUID()
  #epoch: string | undefined
  /** The last change seen, by its id in the stream. */
  #seen = '0-0'
  #lookedAt = 0

  constructor(rows: SharedRows) {
    this.#rows = rows
  }

  /** Reads all rows. A Redis that has lost its memory is sent everything instead. */
  async readAll(client: RedisClient): Promise<void> {
    await within(client.set(EPOCH, randomUUID(), { condition: 'NX' }))
    const replies = await within(
      client.multi().get(EPOCH).hGetAll(ROWS).xRevRange(CHANGES, '+', '-', { COUNT: 1 }).exec(),
    )
    const [epoch, rows, [newest]] = replies as unknown as [string, Record<string, string>, Message[]]
    const fields = Object.entries(rows).map(([field, json]): RowChange => [field, parse(json)])
    if (this.#epoch === undefined || this.#epoch === epoch) this.#rows.adoptAll(new Map(fields))
    else {
      this.#rows.sendAll()
      this.#rows.adopt(fields)
    }
    this.#epoch = epoch
    this.#seen = newest?.id ?? '0-0'
    this.#lookedAt = performance.now()
  }

  /** Tells what was written here and learns what others wrote, in one round trip. */
  async exchange(client: RedisClient): Promise<void> {
    if (performance.now() - this.#lookedAt > TOO_LONG_MS) await this.readAll(client)
    const [epoch, news] = await this.#send(client, this.#rows.take(AT_ONCE))
    if (epoch !== this.#epoch) return this.readAll(client)
    this.#learn(news)
    if (news.length === AT_ONCE || this.#rows.waiting > 0) await this.exchange(client)
  }

  async #send(client: RedisClient, changes: readonly RowChange[]) {
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
}

interface Message {
  readonly id: string
  readonly message: { readonly by: string; readonly changes: string }
}

function changesIn(json: string): readonly RowChange[] {
  return changesSchema.safeParse(parse(json)).data ?? []
}

const changesSchema = z.array(z.tuple([z.string(), z.unknown()]))

/** Anyone may have written what is in Redis: the tables check its shape. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
