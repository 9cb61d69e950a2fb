/** The webhooks that were refused for one reason. */
export interface RefusedWebhooks {
  /** See docs/signature.md. */
  readonly reason: string
  readonly count: number
  /** Of the last one: epoch milliseconds, its path, and what to do about it. */
  readonly at: number
  readonly path: string
  readonly says: string
}

/** What came of the signatures of webhooks since the start. */
export class WebhookSignatures {
  /** How many were good. */
  accepted = 0
  /** Epoch milliseconds of the first good one. */
  firstAt: number | undefined
  readonly #refused = new Map<string, RefusedWebhooks>()

  refuse(reason: string, last: Pick<RefusedWebhooks, 'at' | 'path' | 'says'>): void {
    const count = (this.#refused.get(reason)?.count ?? 0) + 1
    this.#refused.set(reason, { reason, count, ...last })
  }

  /** By their reason, the last one first. */
  get refused(): RefusedWebhooks[] {
    return [...this.#refused.values()].sort((a, b) => b.at - a.at)
  }
}
