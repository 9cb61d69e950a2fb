/** The steps of a webhook's way through the process, in their order. */
const STEPS = ['check', 'decide', 'send'] as const

type BatchStep = (typeof STEPS)[number]

/** With so many the processor's caches are shared well enough; the first should not wait for more. */
const MOST = 64

/** What takes webhooks through their steps. */
export interface WebhookBatches {
  /** Does this work, with all the other work of the same step where there is any. */
  join(step: BatchStep, work: () => void): void
}

/**
 * Takes each webhook by itself. For tracing: in a batch the work of a webhook would lose the asynchronous context of
 * its request.
 */
export const BY_ITSELF: WebhookBatches = { join: (_step, work) => work() }

/**
 * Takes webhooks that come in the same turn of the event loop through each step together: all are checked, then all are
 * decided, then all are answered. Each step finds its code in the processor's caches, and Twilio's side is woken once;
 * under load a webhook costs little more than half of what it costs by itself (docs/performance.md). One that comes alone waits
 * for nothing.
 */
export class WebhookBatch implements WebhookBatches {
  readonly #waiting: Readonly<Record<BatchStep, (() => void)[]>> = { check: [], decide: [], send: [] }
  readonly #schedule: (run: () => void) => void
  #scheduled = false

  constructor(schedule: (run: () => void) => void = setImmediate) {
    this.#schedule = schedule
  }

  join(step: BatchStep, work: () => void): void {
    const waiting = this.#waiting[step]
    waiting.push(work)
    if (step === 'check' && waiting.length === MOST) this.#run()
    else this.#runSoon()
  }

  #runSoon(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#schedule(() => this.#run())
  }

  /** If one of them throws, the others still get their turn. */
  #run(): void {
    this.#scheduled = true
    try {
      for (const step of STEPS) runAll(this.#waiting[step])
    } finally {
      this.#scheduled = false
      if (STEPS.some((step) => this.#waiting[step].length > 0)) this.#runSoon()
    }
  }
}

function runAll(works: (() => void)[]): void {
  for (let work = works.shift(); work; work = works.shift()) work()
}
