import type { z } from 'zod'

/** What the link to other replicas needs of a table. */
export interface SharedTable<Row> {
  readonly name: string
  get(key: string): Row | undefined
  entries(): IterableIterator<readonly [string, Row]>
  /** Takes over what another replica wrote; undefined is a deletion. What has no shape of ours is left alone. */
  adopt(key: string, value: unknown): void
  /** Called with the key of each row that was written or deleted here. */
  onWrite: ((key: string) => void) | undefined
}

/**
 * Rows by key that replicas share. They are in memory, and nobody waits for anything: a link to other replicas, if
 * there is one, hears of every change through `onWrite` and brings the changes of others by `adopt`.
 */
export class Table<Row> implements SharedTable<Row> {
  readonly #rows = new Map<string, Row>()
  readonly #schema: z.ZodType<Row>
  readonly name: string
  onWrite: ((key: string) => void) | undefined

  constructor(name: string, schema: z.ZodType<Row>) {
    this.name = name
    this.#schema = schema
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  entries(): IterableIterator<[string, Row]> {
    return this.#rows.entries()
  }

  set(key: string, row: Row): void {
    this.#rows.set(key, row)
    this.onWrite?.(key)
  }

  /** Deletes a row; does nothing when there is none. */
  delete(key: string): void {
    if (this.#rows.delete(key)) this.onWrite?.(key)
  }

  adopt(key: string, value: unknown): void {
    if (value === undefined) this.#rows.delete(key)
    else {
      const { data } = this.#schema.safeParse(value)
      if (data !== undefined) this.#rows.set(key, data)
    }
  }
}
