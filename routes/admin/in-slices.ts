import { setImmediate as nextTurn } from 'node:timers/promises'

/** A call that comes in meanwhile waits no longer than this. */
const SLICE_MS = 2

/** Does something with each of many things, a few milliseconds at a time: calls are answered between. */
export async function inSlices<T>(things: Iterable<T>, each: (thing: T) => void): Promise<void> {
  let ends = performance.now() + SLICE_MS
  for (const thing of things) {
    each(thing)
    if (performance.now() < ends) continue
    await nextTurn()
    ends = performance.now() + SLICE_MS
  }
}
