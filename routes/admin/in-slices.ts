import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long a call may wait meanwhile. */
const SLICE_MS = 2

/** Does something with each of many things, some milliseconds at a time, so that calls are answered in between. */
export async function inSlices<T>(things: Iterable<T>, each: (thing: T) => void): Promise<void> {
  let ends = performance.now() + SLICE_MS
  for (const thing of things) {
    each(thing)
    if (performance.now() < ends) continue
    await nextTurn()
    ends = performance.now() + SLICE_MS
  }
}
