import { OUTCOME_CLASSES, type OutcomeClass } from '../call/outcome.js'

/** What is counted in slices of time: the last so many slices, in one piece of memory. */
export class CountRing {
  readonly #slices: number
  readonly #sliceMs: number
  readonly #columns: number
  readonly #counts: Uint32Array
  /** Which slice since 1970 is at each place. */
  readonly #numbers: Uint32Array

  constructor(slices: number, sliceMs: number, columns = 1) {
    this.#slices = slices
    this.#sliceMs = sliceMs
    this.#columns = columns
    this.#counts = new Uint32Array(slices * columns)
    this.#numbers = new Uint32Array(slices)
  }

  add(now: number, column = 0): void {
    const number = Math.floor(now / this.#sliceMs)
    const place = number % this.#slices
    if (this.#numbers[place] !== number) {
      this.#numbers[place] = number
      this.#counts.fill(0, place * this.#columns, (place + 1) * this.#columns)
    }
    this.#counts[place * this.#columns + column]! += 1
  }

  /** The slices up to now, the oldest first, each with when it began in epoch milliseconds. */
  until(now: number): { readonly at: number; readonly counts: readonly number[] }[] {
    const last = Math.floor(now / this.#sliceMs)
    return Array.from({ length: this.#slices }, (_, ago) => {
      const number = last - this.#slices + 1 + ago
      return { at: number * this.#sliceMs, counts: this.#countsOf(number) }
    })
  }

  #countsOf(number: number): number[] {
    const place = number % this.#slices
    if (this.#numbers[place] !== number) return new Array(this.#columns).fill(0)
    return [...this.#counts.subarray(place * this.#columns, (place + 1) * this.#columns)]
  }
}

/** What came of one call to an endpoint; `at` in epoch milliseconds. */
export interface PastOutcome {
  readonly at: number
  readonly callSid: string
  readonly outcome: OutcomeClass
  readonly code: number | undefined
}

/** What came of the calls to one endpoint. */
export interface EndpointHistory {
  /** The latest last. */
  readonly last: readonly PastOutcome[]
  /** The middle one of the last post-dial delays, in seconds; undefined before the first. */
  readonly postDialDelay: number | undefined
  /** A day in slices, the oldest first; the counts are in the order of `OUTCOME_CLASSES`. */
  readonly slices: ReturnType<CountRing['until']>
}

interface KeptHistory {
  readonly ring: CountRing
  readonly last: PastOutcome[]
  readonly delays: number[]
}

/** A day in slices of five minutes: 12 kB for an endpoint. */
const [SLICES, SLICE_MS] = [288, 300_000]

const MOST_LAST = 20

/** What came of the calls to endpoints by name in the last 24 hours, as this replica has seen it. Lost with a restart. */
export class OutcomeHistory {
  /** In the order of their last calls, the latest last. */
  readonly #endpoints = new Map<string, KeptHistory>()
  readonly #most: number

  /** `most` endpoints are kept, 12 MB at most; with more, the one that had no call for the longest time is dropped. */
  constructor(most = 1_000) {
    this.#most = most
  }

  note(endpoint: string, { at, callSid, outcome, code }: PastOutcome): void {
    const { ring, last } = this.#keep(endpoint)
    ring.add(at, OUTCOME_CLASSES.indexOf(outcome))
    push(last, { at, callSid, outcome, code })
  }

  noteDelay(endpoint: string, seconds: number): void {
    push(this.#keep(endpoint).delays, seconds)
  }

  /** Undefined where no call was. */
  of(endpoint: string, now: number): EndpointHistory | undefined {
    const kept = this.#endpoints.get(endpoint)
    return kept && { last: kept.last, postDialDelay: median(kept.delays), slices: kept.ring.until(now) }
  }

  names(): string[] {
    return [...this.#endpoints.keys()]
  }

  #keep(endpoint: string): KeptHistory {
    const kept = this.#endpoints.get(endpoint) ?? {
      ring: new CountRing(SLICES, SLICE_MS, OUTCOME_CLASSES.length),
      last: [],
      delays: [],
    }
    this.#endpoints.delete(endpoint)
    this.#endpoints.set(endpoint, kept)
    if (this.#endpoints.size > this.#most) this.#endpoints.delete(this.#endpoints.keys().next().value!)
    return kept
  }
}

function push<T>(list: T[], one: T): void {
  list.push(one)
  if (list.length > MOST_LAST) list.shift()
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
