import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from './collect-garbage.js'
import type { Memory } from './load-limits.js'
import { memoryLeft } from './memory-left.js'

/** V8 gives pages back in threads of its own, some time after the collection. */
const RELEASE_MS = 1_000

/** What V8's limit of the heap counts for the young objects: what stays has no room there. */
const YOUNG = 48 * 1024 ** 2

/** The memory before a load. Where it is short, what is garbage is given back first, so that it counts as left. */
export async function memoryForLoad(measure = measureNow): Promise<Memory> {
  const memory = measure()
  const { rss, heapUsed } = process.memoryUsage()
  if (memory.left > rss && memory.heapLeft > heapUsed) return memory
  collectGarbage()
  await sleep(RELEASE_MS)
  return measure()
}

function measureNow(): Memory {
  const { heap_size_limit, used_heap_size } = getHeapStatistics()
  return { left: memoryLeft(), heapLeft: Math.max(heap_size_limit - YOUNG - used_heap_size, 0) }
}
