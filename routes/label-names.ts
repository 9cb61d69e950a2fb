/** More values of one label than this cost a Prometheus more than they are worth. */
const MOST = 1_000

/** The value for a name that is not in the config, such as a bare SIP URI, or is one too many. */
export const OTHER = 'other'

/** The values of one label: names that the config knows, the first thousand that are used. */
export class LabelNames {
  readonly #used = new Set<string>()

  /** The label value for a name. */
  of(name: string, known: { has(name: string): boolean }): string {
    if (this.#used.has(name)) return name
    if (!known.has(name) || this.#used.size >= MOST) return OTHER
    this.#used.add(name)
    return name
  }

  /** Takes out the names that the config no longer knows, and gives them. */
  drop(known: { has(name: string): boolean }): string[] {
    const gone = [...this.#used].filter((name) => !known.has(name))
    for (const name of gone) this.#used.delete(name)
    return gone
  }
}
