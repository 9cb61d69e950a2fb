import type { SharedTable } from './table.js'

/** A row to write; null deletes it. */
export type RowChange = readonly [field: string, row: unknown]

type AnyTable = SharedTable<unknown>

/**
 * The rows of all tables under one name each, `TABLE KEY`, and which of them the others have not been told of. What
 * was written and deleted again before anybody was told needs no telling, so what waits is never more than there is.
 */
export class SharedRows {
  readonly #tables: ReadonlyMap<string, AnyTable>
  /** Fields that the others have, as far as known here. */
  readonly #told = new Set<string>()
  readonly #waiting = new Set<string>()

  constructor(tables: readonly AnyTable[]) {
    this.#tables = new Map(tables.map((table) => [table.name, table]))
    for (const table of tables) table.onWrite = (key) => this.#written(`${table.name} ${key}`)
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Up to `most` changes to tell; `giveBack` those that did not get through. */
  take(most: number): RowChange[] {
    const changes: RowChange[] = []
    for (const field of this.#waiting) {
      if (changes.length === most) break
      this.#waiting.delete(field)
      const row = this.#rowOf(field) ?? null
      if (row === null) this.#told.delete(field)
      else this.#told.add(field)
      changes.push([field, row])
    }
    return changes
  }

  /** Whether they arrived is not known, so they are told again. */
  giveBack(changes: readonly RowChange[]): void {
    for (const [field] of changes) {
      this.#told.add(field)
      this.#waiting.add(field)
    }
  }

  /** Takes over what others have written, but for what was written here since. */
  adopt(changes: Iterable<RowChange>): void {
    for (const [field, row] of changes) {
      if (this.#waiting.has(field)) continue
      if (row === null) this.#told.delete(field)
      else this.#told.add(field)
      const [table, key] = this.#find(field)
      table?.adopt(key, row ?? undefined)
    }
  }

  /** Takes over everything that others have; what they no longer have goes, but for what was written here since. */
  adoptAll(rows: ReadonlyMap<string, unknown>): void {
    const gone = this.#fields().filter((field) => !rows.has(field))
    this.adopt([...gone.map((field): RowChange => [field, null]), ...rows])
  }

  /** The others have forgotten everything, so they are told of all that is here. */
  tellAll(): void {
    for (const field of this.#fields()) this.#waiting.add(field)
  }

  #written(field: string): void {
    const needless = this.#rowOf(field) === undefined && !this.#told.has(field)
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
