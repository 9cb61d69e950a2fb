import { Slots } from './slots.js'

/** The calls that each endpoint has now: exact as far as this replica is told. */
export class Limits {
  readonly slots = new Slots()

  /** Counts a call at an endpoint that is about to ring, at most until `expires` (epoch milliseconds). */
  take(endpoint: string, callSid: string, expires: number, now: number): void {
    this.slots.take(callSid, endpoint, expires)
    this.#forgetOldest(endpoint, now)
  }

  release(endpoint: string, callSid: string): void {
    this.slots.release(callSid, endpoint)
  }

  /** Whether an endpoint has as many calls as it takes, the call itself aside. */
  isFull(endpoint: string, most: number, callSid: string, now: number): boolean {
    const calls = this.slots.at(endpoint)
    // looking at each slot is needed only where the number of them could matter
    if (calls.size < most) return false
    return this.count(endpoint, now) - Number(calls.has(callSid)) >= most
  }

  /** The calls that an endpoint has now. Those that ran out of time are forgotten. */
  count(endpoint: string, now: number): number {
    for (const [callSid, expires] of this.slots.at(endpoint))
      if (expires <= now) this.release(endpoint, callSid)
    return this.slots.at(endpoint).size
  }

  /** A call is over for good, and takes no slot any more. */
  end(callSid: string): void {
    this.slots.end(callSid)
  }

  /** A call rings nowhere now. */
  releaseCall(callSid: string): void {
    this.slots.releaseCall(callSid)
  }

  /** Slots of endpoints without a limit are never looked at, so the oldest go as new ones come. */
  #forgetOldest(endpoint: string, now: number): void {
    for (const [callSid, expires] of this.slots.at(endpoint)) {
      if (expires > now) break
      this.release(endpoint, callSid)
    }
  }
}
