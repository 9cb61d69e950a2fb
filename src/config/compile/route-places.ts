import type { Origin } from '../../errors/origin.js'

/** Where the routes stand, each name once. Who has a name is worked out when somebody asks: when there is an error. */
export class RoutePlaces {
  readonly #names: string[] = []
  readonly #origins: Origin[] = []
  readonly #byName = new Map<string, Origin>()

  add(name: string, origin: Origin): void {
    this.#names.push(name)
    this.#origins.push(origin)
  }

  of(name: string): Origin {
    for (let at = this.#byName.size; at < this.#names.length; at += 1)
      this.#byName.set(this.#names[at]!, this.#origins[at]!)
    return this.#byName.get(name)!
  }
}
