import { z } from 'zod'
import { Table } from './shared-rows.js'

const rungRow = z.object({
  /** Endpoints of which a callback said that they ring or have answered. */
  endpoints: z.array(z.string()),
  /** Epoch milliseconds at which it is forgotten. */
  until: z.number(),
})

/** Longer than anything rings: Twilio's limit is 600 s ("TwiML <Dial>", timeout), and 5 more. */
const KEPT_MS = 15 * 60_000

/** Of more calls than these the oldest is forgotten. */
const MOST_CALLS = 100_000

/**
 * Where a call rang, by CallSid: this tells a phone that nobody answers from an endpoint that is silent. The progress
 * of a leg may come to one replica and the end of its dial to another, so replicas that share their state share this.
 */
export class RungEndpoints {
  readonly rows = new Table('rung', rungRow)

  /** Notes that an endpoint rings, or has answered; `now` in epoch milliseconds. */
  note(callSid: string, endpoint: string, now: number): void {
    const endpoints = this.rows.get(callSid)?.endpoints ?? []
    if (endpoints.includes(endpoint)) return
    this.rows.set(callSid, { endpoints: [...endpoints, endpoint], until: now + KEPT_MS })
    this.#forgetOldest(now)
  }

  /** Whether any of these endpoints rang in this call. */
  any(callSid: string, endpoints: readonly string[]): boolean {
    const rung = this.rows.get(callSid)?.endpoints ?? []
    return endpoints.some((endpoint) => rung.includes(endpoint))
  }

  /** The call is over. */
  forget(callSid: string): void {
    this.rows.delete(callSid)
  }

  #forgetOldest(now: number): void {
    for (const [callSid, { until }] of this.rows.entries()) {
      if (until > now && this.rows.size <= MOST_CALLS) break
      this.rows.delete(callSid)
    }
  }
}
