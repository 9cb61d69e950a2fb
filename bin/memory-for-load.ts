import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from './collect-garbage.js'
import type { Memory } from './load-limits.js'
import { memoryLeft } from './memory-left.js'

/** V8 gives pages back in threads of its own, some time after the collection. */
const RELEASE_MS = 1_000

/** The part of V8's heap limit that is for young objects: a config has no room there. */
const YOUNG = 48 * 1024 ** 2

/** The memory that is left for a load. If there is little, garbage is collected first. */
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
