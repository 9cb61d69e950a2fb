/** A slice of the window, in milliseconds, and how many of them it has: half an hour. */
const SLICE_MS = 300_000
const SLICES = 6

interface Slice {
  readonly number: number
  calls: number
  answered: number
}

/**
 * The answer-seizure ratio of endpoints by name: answered calls of all that were put to them in the last half hour
 * (ITU-T E.411). Half an hour is what alerts look back on; an endpoint without calls in it has no ratio.
 */
export class AnswerSeizure {
  readonly #slices = new Map<string, Slice[]>()

  note(endpoint: string, answered: boolean, now: number): void {
    const number = Math.floor(now / SLICE_MS)
    const slices = this.#recent(endpoint, number)
    if (slices.at(-1)?.number !== number) slices.push({ number, calls: 0, answered: 0 })
    const slice = slices.at(-1)!
    slice.calls += 1
    slice.answered += Number(answered)
    this.#slices.set(endpoint, slices)
  }

  /** 0 to 1; undefined when there was no call. */
  ratio(endpoint: string, now: number): number | undefined {
    const slices = this.#recent(endpoint, Math.floor(now / SLICE_MS))
    if (slices.length === 0) return undefined
    return sum(slices.map((slice) => slice.answered)) / sum(slices.map((slice) => slice.calls))
  }

  forget(endpoint: string): void {
    this.#slices.delete(endpoint)
  }

  #recent(endpoint: string, number: number): Slice[] {
    const slices = this.#slices.get(endpoint) ?? []
    while (slices[0] && slices[0].number <= number - SLICES) slices.shift()
    return slices
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
