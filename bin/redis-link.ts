import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { SharedState } from '../routes/service.js'
import { SharedRows } from '../src/state/shared-rows.js'
import { openClient, redisReason, within } from './redis-client.js'
import { RedisRows } from './redis-rows.js'

const TICK_MS = 100
const RETRY_MS = 500

/**
 * Shares rows with other replicas by Redis. No call ever waits for it: the tables are answered from memory, what is
 * written goes to Redis some milliseconds later, and what others have written is looked for ten times a second. While
 * Redis is slow, silent or gone the replica goes on with what it knows, and sends that when Redis is back.
 */
export class RedisLink implements SharedState {
  readonly #url: string
  readonly #rows: RedisRows
  readonly #log: Logger
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  up = false
  reason = 'not connected yet'

  constructor(url: string, tables: ConstructorParameters<typeof SharedRows>[0], log: Logger) {
    this.#url = url
    this.#rows = new RedisRows(new SharedRows(tables))
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
        await this.#rows.readAll(client)
        this.#isUp()
        while (await this.#pause(TICK_MS)) await this.#rows.exchange(client)
        await this.#rows.exchange(client)
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

  #isUp(): void {
    this.up = true
    this.reason = ''
    this.#log.info('shared state: Redis answers')
  }

  #isDown(error: Error): void {
    const reason = redisReason(error)
    if (this.up || this.reason !== reason)
      this.#log.warn({ reason }, 'shared state: Redis does not answer; going on by what is known here')
    this.up = false
    this.reason = reason
  }
}
