import { z } from 'zod'
import { Table } from './table.js'

/** The calls that each endpoint has now, by endpoint name and CallSid: exact as far as this replica is told. */
export class Limits {
  /** By call and endpoint: epoch milliseconds at which it is taken for over, should no callback say so. */
  readonly slots = new SlotTable('slots', z.number())

  /** Counts a call at an endpoint that is about to ring, at most until `expires` (epoch milliseconds). */
  take(endpoint: string, callSid: string, expires: number, now: number): void {
    this.slots.set(keyOf(callSid, endpoint), expires)
    this.#forgetOldest(now)
  }

  release(endpoint: string, callSid: string): void {
    this.slots.delete(keyOf(callSid, endpoint))
  }

  /** Whether an endpoint has as many calls as it takes, the call itself aside. */
  isFull(endpoint: string, most: number, callSid: string, now: number): boolean {
    const calls = this.slots.callsAt(endpoint)
    // looking at each slot is needed only where the number of them could matter
    if (calls.size < most) return false
    return this.count(endpoint, now) - Number(calls.has(callSid)) >= most
  }

  /** The calls that an endpoint has now. Those that ran out of time are forgotten. */
  count(endpoint: string, now: number): number {
    const calls = this.slots.callsAt(endpoint)
    for (const callSid of calls) {
      const key = keyOf(callSid, endpoint)
      if (this.slots.get(key)! <= now) this.slots.delete(key)
    }
    return calls.size
  }

  /** A call is over, wherever it rang. */
  releaseCall(callSid: string): void {
    for (const endpoint of this.slots.endpointsOf(callSid)) this.release(endpoint, callSid)
  }

  /** Slots of endpoints without a limit are never looked at, so the oldest go as new ones come. */
  #forgetOldest(now: number): void {
    for (const [key, expires] of this.slots.entries()) {
      if (expires > now) break
      this.slots.delete(key)
    }
  }
}

const NONE: ReadonlySet<string> = new Set()

/** Knows its rows by endpoint and by call as well. */
class SlotTable extends Table<number> {
  readonly #calls = new Map<string, Set<string>>()
  readonly #endpoints = new Map<string, Set<string>>()

  callsAt(endpoint: string): ReadonlySet<string> {
    return this.#calls.get(endpoint) ?? NONE
  }

  endpointsOf(callSid: string): readonly string[] {
    return [...(this.#endpoints.get(callSid) ?? NONE)]
  }

  protected override put(key: string, expires: number | undefined): void {
    super.put(key, expires)
    const cut = key.indexOf(' ')
    const [callSid, endpoint] = [key.slice(0, cut), key.slice(cut + 1)]
    if (expires === undefined) {
      remove(this.#calls, endpoint, callSid)
      remove(this.#endpoints, callSid, endpoint)
    } else {
      add(this.#calls, endpoint, callSid)
      add(this.#endpoints, callSid, endpoint)
    }
  }
}

function add(index: Map<string, Set<string>>, key: string, member: string): void {
  const members = index.get(key)
  if (members) members.add(member)
  else index.set(key, new Set([member]))
}

function remove(index: Map<string, Set<string>>, key: string, member: string): void {
  const members = index.get(key)
  members?.delete(member)
  if (members?.size === 0) index.delete(key)
}

/** A CallSid holds no space. */
function keyOf(callSid: string, endpoint: string): string {
  return `${callSid} ${endpoint}`
}
