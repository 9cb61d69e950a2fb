/** Remembers the last keys that came, so that what comes twice counts once. */
export class RecentKeys {
  readonly #keys = new Set<string>()
  readonly #most: number

  constructor(most = 10_000) {
    this.#most = most
  }

  /** Whether a key is new; from now on it is not. */
  first(key: string): boolean {
    if (this.#keys.has(key)) return false
    this.#keys.add(key)
    if (this.#keys.size > this.#most) this.#keys.delete(this.#keys.values().next().value!)
    return true
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }
}
