import { RecentKeys } from '../calls/recent-keys.js'
import type { SharedTable } from './shared-rows.js'

/** The calls that each endpoint has now: exact as far as this replica knows. */
export class Limits {
  readonly slots = new Slots()

  /** Counts a call at an endpoint that is about to ring, at most until `expires` (epoch milliseconds). */
  take(endpoint: string, callSid: string, expires: number, now: number): void {
    this.slots.take(endpoint, callSid, expires)
    this.#forgetOldest(endpoint, now)
  }

  release(endpoint: string, callSid: string): void {
    this.slots.release(endpoint, callSid)
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

  /** Releases a call at all endpoints: it rings nowhere now. */
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

/** `CallSid endpoint`; a CallSid has no space. */
type Key = `${string} ${string}`

/** So many are counted at once; with more, the oldest call is taken to be over. */
const MOST_SLOTS = 100_000

const NONE: ReadonlyMap<string, number> = new Map()

/**
 * By endpoint and CallSid: epoch milliseconds at which the call is taken for over, should no callback say so. Every
 * call comes by here, so nothing is made for one but its entry; as rows that replicas share they are by `CALL ENDPOINT`.
 */
class Slots implements SharedTable<number> {
  readonly name = 'slots'
  readonly #calls = new Map<string, Map<string, number>>()
  /** Calls that are over for good. */
  readonly #over = new RecentKeys()
  onWrite: ((key: string) => void) | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The calls of an endpoint, by CallSid. */
  at(endpoint: string): ReadonlyMap<string, number> {
    return this.#calls.get(endpoint) ?? NONE
  }

  /** Takes none for a call that is over: the webhook has come late. */
  take(endpoint: string, callSid: string, expires: number): void {
    if (this.#over.has(callSid)) return
    this.#put(endpoint, callSid, expires)
    this.onWrite?.(keyOf(callSid, endpoint))
  }

  release(endpoint: string, callSid: string): void {
    if (this.#remove(endpoint, callSid)) this.onWrite?.(keyOf(callSid, endpoint))
  }

  /** Releases a call wherever it rang. */
  releaseCall(callSid: string): void {
    for (const endpoint of this.#calls.keys()) this.release(endpoint, callSid)
  }

  /** A call is over for good: it is released wherever it rang, and wherever it is still said to ring later. */
  end(callSid: string): void {
    this.#over.first(callSid)
    this.releaseCall(callSid)
  }

  get(key: string): number | undefined {
    const { callSid, endpoint } = partsOf(key)
    return this.#calls.get(endpoint)?.get(callSid)
  }

  *entries(): IterableIterator<[Key, number]> {
    for (const [endpoint, calls] of this.#calls)
      for (const [callSid, expires] of calls) yield [keyOf(callSid, endpoint), expires]
  }

  adopt(key: string, value: unknown): void {
    const { callSid, endpoint } = partsOf(key)
    if (value === undefined) this.#remove(endpoint, callSid)
    if (typeof value !== 'number') return
    this.#put(endpoint, callSid, value)
    // the other replica has not heard of the end
    if (this.#over.has(callSid)) this.release(endpoint, callSid)
  }

  #put(endpoint: string, callSid: string, expires: number): void {
    let calls = this.#calls.get(endpoint)
    if (!calls) {
      calls = new Map()
      this.#calls.set(endpoint, calls)
    }
    const before = calls.size
    calls.set(callSid, expires)
    this.#size += calls.size - before
    if (this.#size > MOST_SLOTS) this.release(endpoint, calls.keys().next().value!)
  }

  #remove(endpoint: string, callSid: string): boolean {
    const calls = this.#calls.get(endpoint)
    if (!calls?.delete(callSid)) return false
    this.#size -= 1
    if (calls.size === 0) this.#calls.delete(endpoint)
    return true
  }
}

function keyOf(callSid: string, endpoint: string): Key {
  return `${callSid} ${endpoint}`
}

function partsOf(key: string): { callSid: string; endpoint: string } {
  const cut = key.indexOf(' ')
  return { callSid: key.slice(0, cut), endpoint: key.slice(cut + 1) }
}
