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

/** A row to write; null deletes it. */
export type RowChange = readonly [field: string, row: unknown]

type AnyTable = SharedTable<unknown>

/**
 * The rows of all tables under one name each, `TABLE KEY`, and which of them have not been sent to the others yet. What
 * was written and deleted again before it was sent is never sent, so what waits is never more than there is.
 */
export class SharedRows {
  readonly #tables: ReadonlyMap<string, AnyTable>
  /** Fields that the others have, as far as known here. */
  readonly #sent = new Set<string>()
  readonly #waiting = new Set<string>()

  constructor(tables: readonly AnyTable[]) {
    this.#tables = new Map(tables.map((table) => [table.name, table]))
    for (const table of tables) table.onWrite = (key) => this.#written(`${table.name} ${key}`)
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Up to `most` changes to send; `giveBack` those that did not get through. */
  take(most: number): RowChange[] {
    const changes: RowChange[] = []
    for (const field of this.#waiting) {
      if (changes.length === most) break
      this.#waiting.delete(field)
      const row = this.#rowOf(field) ?? null
      if (row === null) this.#sent.delete(field)
      else this.#sent.add(field)
      changes.push([field, row])
    }
    return changes
  }

  /** Whether they arrived is not known, so they are sent again. */
  giveBack(changes: readonly RowChange[]): void {
    for (const [field] of changes) {
      this.#sent.add(field)
      this.#waiting.add(field)
    }
  }

  /** Takes over what others have written, but for what was written here since. */
  adopt(changes: Iterable<RowChange>): void {
    for (const [field, row] of changes) {
      if (this.#waiting.has(field)) continue
      if (row === null) this.#sent.delete(field)
      else this.#sent.add(field)
      const [table, key] = this.#find(field)
      table?.adopt(key, row ?? undefined)
    }
  }

  /** Takes over everything that others have; what they no longer have goes, but for what was written here since. */
  adoptAll(rows: ReadonlyMap<string, unknown>): void {
    const gone = this.#fields().filter((field) => !rows.has(field))
    this.adopt([...gone.map((field): RowChange => [field, null]), ...rows])
  }

  /** The others have forgotten everything, so all that is here is sent to them. */
  sendAll(): void {
    for (const field of this.#fields()) this.#waiting.add(field)
  }

  #written(field: string): void {
    const needless = this.#rowOf(field) === undefined && !this.#sent.has(field)
    if (needless) this.#waiting.delete(field)
    else this.#waiting.add(field)
  }

  #fields(): string[] {
    return [...this.#tables.values()].flatMap((table) =>
      Array.from(table.entries(), ([key]) => `${table.name} ${key}`),
    )
  }

  #rowOf(field: string): unknown {
    const [table, key] = this.#find(field)
    return table?.get(key)
  }

  #find(field: string): [AnyTable | undefined, string] {
    const cut = field.indexOf(' ')
    return [this.#tables.get(field.slice(0, cut)), field.slice(cut + 1)]
  }
}
