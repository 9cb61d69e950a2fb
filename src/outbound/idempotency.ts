/** What a request with an idempotency key came to. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Whether a request that comes again may be worked on again: nothing has happened at Twilio. */
  readonly harmless: boolean
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number
}

interface Entry {
  readonly content: string
  readonly since: number
  readonly answer: Promise<Answer>
}

/** The key was used before, for another request. */
export class KeyReused extends Error {}

const KEPT_MS = 24 * 60 * 60 * 1000
const MOST_KEYS = 10_000

/**
 * Answers a request once for each idempotency key: the same request gets the answer of the first, also while the
 * first is under way. Keys are kept for 24 hours, the latest 10,000, in this process only.
 */
export class IdempotentAnswers {
  readonly #entries = new Map<string, Entry>()

  async answer(key: string, content: string, now: number, work: () => Promise<Answer>): Promise<Answer> {
    const known = this.#entries.get(key)
    if (known && now - known.since < KEPT_MS) {
      if (known.content !== content)
        throw new KeyReused(`the Idempotency-Key ${JSON.stringify(key)} belongs to another request`)
      return known.answer
    }
    const entry: Entry = { content, since: now, answer: work() }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    if (this.#entries.size > MOST_KEYS) this.#entries.delete(this.#entries.keys().next().value!)
    const answer = await entry.answer
    if (answer.harmless && this.#entries.get(key) === entry) this.#entries.delete(key)
    return answer
  }
}
