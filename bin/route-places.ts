import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PlacesOf } from '../routes/admin/plugin.js'
import type { RoutePlaces } from '../src/config/route-places.js'
import type { Config } from '../src/model/config.js'

/** A config of 100,000 routes takes 2 s; a file system that hangs takes for ever. */
const LONGEST_MS = 20_000

/** Calls need memory, too. */
const MOST_MEGABYTES = 1_024

/** What the thread is given. */
export type PlacesOrder = Pick<Config, 'files' | 'revision'>

/** Makes a function that finds the lines of a config in a thread of its own, once for each config. */
export function placesFinder(longestMs = LONGEST_MS): PlacesOf {
  const known = new WeakMap<Config, ReturnType<PlacesOf>>()
  return function placesOf(config) {
    const places = known.get(config) ?? findPlaces(config, longestMs).catch(() => undefined)
    known.set(config, places)
    return places
  }
}

async function findPlaces({ files, revision }: Config, longestMs: number): Promise<RoutePlaces | undefined> {
  const worker = new Worker(new URL('./places-worker.js', import.meta.url), {
    workerData: { files, revision } satisfies PlacesOrder,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  })
  worker.unref()
  try {
    const [places] = await once(worker, 'message', { signal: AbortSignal.timeout(longestMs) })
    return places
  } finally {
    void worker.terminate()
  }
}
