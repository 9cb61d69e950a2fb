import type { z } from 'zod'

/**
 * Rows by key that replicas share. They are in memory, and nobody waits for anything: a link to other replicas, if
 * there is one, hears of every change through `onWrite` and brings the changes of others by `adopt`.
 */
export class Table<Row> {
  readonly #rows = new Map<string, Row>()
  readonly #schema: z.ZodType<Row>
  readonly name: string
  /** Called with the key of each row that was written or deleted here. */
  onWrite: (key: string) => void = () => {}

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
    this.put(key, row)
    this.onWrite(key)
  }

  /** Deletes a row; does nothing when there is none. */
  delete(key: string): void {
    if (!this.#rows.has(key)) return
    this.put(key, undefined)
    this.onWrite(key)
  }

  /** Takes over what another replica wrote; undefined is a deletion. What has no shape of ours is left alone. */
  adopt(key: string, value: unknown): void {
    if (value === undefined) this.put(key, undefined)
    else {
      const { data } = this.#schema.safeParse(value)
      if (data !== undefined) this.put(key, data)
    }
  }

  /** Every change comes through here, whoever made it. */
  protected put(key: string, row: Row | undefined): void {
    if (row === undefined) this.#rows.delete(key)
    else this.#rows.set(key, row)
  }
}
